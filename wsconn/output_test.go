package wsconn

import (
	"bytes"
	"testing"

	"github.com/gobwas/ws"
)

// Whatever is queued, and however little each write takes, the bytes are those
// of the frames in order, and the sums come out.
func FuzzOutput(f *testing.F) {
	f.Add([]byte{1, 200, 3, 50, 2, 90, 4, 7}, uint16(13))
	f.Add([]byte{2, 255, 2, 254, 1, 0, 3, 1}, uint16(9000))
	f.Fuzz(func(t *testing.T, script []byte, step uint16) {
		var o output
		var want, got []byte
		payload := 0
		for i := 0; i+1 < len(script) && i < 40; i += 2 {
			e := scriptedEntry(&o, script[i], int(script[i+1])*40)
			want = append(want, encoded(&e)...)
			if e.op.IsData() {
				payload += e.payload()
			}
			o.push(e)
		}
		if o.buffered() != payload {
			t.Fatalf("%d bytes are buffered, not %d", o.buffered(), payload)
		}
		g := newGather()
		for o.len() > 0 {
			before := o.buffered()
			total := g.fill(&o)
			wire := bytes.Join(g.vec, nil)
			if len(wire) != total || total == 0 {
				t.Fatalf("gathered %d bytes of %d", len(wire), total)
			}
			n := min(total, max(int(step)+1, len(want)/1000))
			got = append(got, wire[:n]...)
			if o.advance(n); o.buffered() > before {
				t.Fatal("the queue grows while it is written")
			}
		}
		if !bytes.Equal(got, want) {
			t.Error("the bytes differ")
		}
		if o.bytes != 0 || o.pongs != 0 || o.sent != 0 {
			t.Errorf("left: %d bytes, %d pongs, %d sent", o.bytes, o.pongs, o.sent)
		}
	})
}

func scriptedEntry(o *output, kind byte, size int) entry {
	data := bytes.Repeat([]byte{kind}, size)
	switch kind % 4 {
	case 0:
		return entry{op: ws.OpPong, data: o.copy(data[:min(size, 125)])}
	case 1:
		return entry{op: ws.OpText, data: data}
	case 2:
		f := EncodeBinary(data)
		return entry{op: ws.OpBinary, head: uint8(f.head), data: f.wire}
	default:
		return entry{op: ws.OpBinary, data: o.copy(data)}
	}
}

func encoded(e *entry) []byte {
	if e.head > 0 {
		return e.data
	}
	return append(appendHeader(nil, e.op, len(e.data)), e.data...)
}

// A frame that is partly on the wire is never dropped.
func TestDropKeepsWhatHasBegun(t *testing.T) {
	limits := Limits{MaxQueueBytes: 100}.WithDefaults()
	var o output
	for _, text := range []string{"first.....", "second....", "third....."} {
		o.push(entry{op: ws.OpText, data: []byte(text)})
	}
	o.push(entry{op: ws.OpPing})
	o.advance(3)
	if o.dropFor(85, &limits) == 0 || !o.fits(85, &limits) || o.buffered() != 9 || o.len() != 2 {
		t.Errorf("%d bytes in %d frames are left", o.buffered(), o.len())
	}
	if o.dropFor(95, &limits); o.fits(95, &limits) {
		t.Error("the frame that has begun was dropped")
	}
	o.dropAll()
	if o.len() != 1 || o.buffered() != 9 {
		t.Errorf("%d bytes in %d frames are left of all", o.buffered(), o.len())
	}
}
