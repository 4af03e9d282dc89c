package wsconn

import (
	"os"
	"testing"
)

func countDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// Connections of every fate, and the loop itself, leave no descriptor behind.
func TestNoDescriptorIsLeft(t *testing.T) {
	first := newRig(t, rigOptions{}) // what the process opens once
	first.dial()
	first.next()
	before := countDescriptors(t)
	for name, o := range transports {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, o)
			for range 20 {
				c := r.dial()
				h := r.next()
				c.send(frame(fin|clos, ""))
				h.expect(t, "closed 1005 ")
				c.expect("close", "eof")
				_ = c.Close()
				_ = r.dial().Close()
				r.next().expect(t, "closed 1006 ")
			}
			for range 20 {
				r.dial()
				r.next()
			}
			r.stop()
		})
	}
	if after := countDescriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
