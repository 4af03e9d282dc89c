package wsconn

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// sink is a transport that takes everything.
type sink struct{ bytes int }

func (s *sink) start(*Conn) error { return nil }
func (s *sink) reading(bool)      {}
func (s *sink) full(bool)         {}
func (s *sink) busy() bool        { return false }
func (s *sink) progress() bool    { return true }
func (s *sink) shutdown()         {}
func (s *sink) hurry()            {}
func (s *sink) close()            {}

func (s *sink) remoteAddr() net.Addr { return &net.TCPAddr{} }

func (s *sink) write(vec [][]byte) (n int, err error) {
	for _, piece := range vec {
		n += len(piece)
	}
	s.bytes += n
	return n, nil
}

// BenchmarkFanout is what a delivery costs without the kernel: frames for many,
// a number of them in one turn. cpu-ns/msg is the time of the thread alone.
func BenchmarkFanout(b *testing.B) {
	for _, bb := range []struct{ members, burst int }{{2, 1}, {1000, 1}, {1000, 16}, {10000, 1}, {10000, 16}} {
		b.Run(fmt.Sprintf("members=%d/burst=%d", bb.members, bb.burst), func(b *testing.B) { benchFanout(b, bb.members, bb.burst) })
	}
}

func benchFanout(b *testing.B, members, burst int) {
	l, err := NewLoop(LoopOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.poller.close()
	l.now = l.clock()
	conns := make([]*Conn, members)
	for i := range conns {
		l.open(&sink{}, &Accepted{}, Limits{}.WithDefaults(), func(c *Conn) Handler {
			conns[i] = c
			return noHandler{}
		})
	}
	text := strings.Repeat("x", 128)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ReportAllocs()
	before := ownTime(b)
	for b.Loop() {
		for range burst {
			f := EncodeText(text)
			SendEach(conns, f)
		}
		l.flush()
	}
	b.ReportMetric(float64(ownTime(b)-before)/float64(b.N*members*burst), "cpu-ns/msg")
}

// ownTime is the processor time of the calling thread.
func ownTime(b *testing.B) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}
