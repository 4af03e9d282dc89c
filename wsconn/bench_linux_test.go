package wsconn

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkEcho measures whole echoes over loopback: conns connections with a
// number of messages in flight each. loop-s/Mmsg is the processor time of the
// loop's thread alone, in seconds for a million messages.
func BenchmarkEcho(b *testing.B) {
	for _, bb := range []struct{ conns, flight, size int }{{1, 1, 32}, {100, 1, 32}, {100, 16, 32}, {100, 1, 16 << 10}} {
		b.Run(fmt.Sprintf("conns=%d/flight=%d/size=%d", bb.conns, bb.flight, bb.size), func(b *testing.B) {
			benchEcho(b, bb.conns, bb.flight, bb.size)
		})
	}
}

func benchEcho(b *testing.B, conns, flight, size int) {
	r := newRig(b, rigOptions{open: newEcho})
	burst := repeatFrame(frame(fin|text, strings.Repeat("x", size)), flight)
	answer := flight * (headerSize(size) + size)
	peers := newPeers(b, r, conns)
	b.ReportAllocs()
	before := threadTime(r)
	rounds := max(b.N/flight, conns)
	b.ResetTimer()
	peers.run(b, burst, answer, rounds)
	b.StopTimer()
	b.ReportMetric((threadTime(r)-before).Seconds()*1e6/float64(rounds*flight), "loop-s/Mmsg")
}

// threadTime is the processor time the loop's thread has used.
func threadTime(r *rig) (d time.Duration) {
	r.do(func() {
		var ts unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
			r.t.Error(err)
		}
		d = time.Duration(ts.Nano())
	})
	return d
}

// peers are many clients on one goroutine, so that the measured loop has the
// other processor to itself.
type peers struct {
	epoll  int
	fds    map[int32]*peer
	buf    []byte
	events []unix.EpollEvent
}

type peer struct{ left int }

func newPeers(b *testing.B, r *rig, n int) *peers {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = unix.Close(epoll) })
	p := &peers{epoll: epoll, fds: map[int32]*peer{}, buf: make([]byte, 256<<10), events: make([]unix.EpollEvent, 128)}
	for range n {
		c := r.dial()
		s, ok := newPolled(nil, c.Conn, 128<<10)
		if !ok {
			b.Fatal("not a TCP socket")
		}
		b.Cleanup(s.close)
		if err := unix.SetNonblock(int(s.fd), false); err != nil {
			b.Fatal(err)
		}
		ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(s.fd)}
		if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, int(s.fd), &ev); err != nil {
			b.Fatal(err)
		}
		p.fds[int32(s.fd)] = &peer{}
	}
	return p
}

// gather reads answer bytes at every peer.
func (p *peers) gather(b *testing.B, answer int) {
	for _, c := range p.fds {
		c.left = answer
	}
	p.read(b, len(p.fds), func(int32, *peer) bool { return false })
}

// run has every peer send burst and wait for answer bytes, rounds times over all.
func (p *peers) run(b *testing.B, burst []byte, answer, rounds int) {
	open := 0
	more := func(fd int32, c *peer) bool {
		if rounds == 0 {
			return false
		}
		rounds--
		c.left = answer
		write(b, fd, burst)
		return true
	}
	for fd, c := range p.fds {
		if more(fd, c) {
			open++
		}
	}
	p.read(b, open, more)
}

// read reads until open peers have what is left for them and more says no.
func (p *peers) read(b *testing.B, open int, more func(int32, *peer) bool) {
	for open > 0 {
		n, err := unix.EpollWait(p.epoll, p.events, -1)
		if err != nil && err != unix.EINTR {
			b.Fatal(err)
		}
		for _, ev := range p.events[:max(n, 0)] {
			got, err := unix.Read(int(ev.Fd), p.buf)
			if err != nil || got == 0 {
				b.Fatalf("read %d, %v", got, err)
			}
			c := p.fds[ev.Fd]
			if c.left -= got; c.left <= 0 && !more(ev.Fd, c) {
				open--
			}
		}
	}
}

func write(b *testing.B, fd int32, p []byte) {
	if n, err := unix.Write(int(fd), p); err != nil || n != len(p) {
		b.Fatalf("wrote %d, %v", n, err)
	}
}
