package wsconn

import (
	"encoding/binary"
	"errors"
	"math"
	"net"
	"net/netip"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxEvents is how many ready sockets one turn serves.
const maxEvents = 256

// wakeSlot marks the event of the wake-up descriptor. What is below marks those
// of HTTP connections.
const wakeSlot = -1

// poller waits for sockets with epoll. wake may be called by any goroutine, the
// rest is for the loop.
type poller struct {
	epoll, event int // descriptors
	events       []unix.EpollEvent
	ready        int          // events of the last poll
	pieces       []unix.Iovec // of the last write
}

func newPoller() (*poller, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		_ = unix.Close(epoll)
		return nil, os.NewSyscallError("eventfd", err)
	}
	p := &poller{epoll: epoll, event: event, events: make([]unix.EpollEvent, maxEvents)}
	// Edge-triggered: each write is one event, and nobody has to read it.
	ev := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Fd: wakeSlot}
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, event, &ev); err != nil {
		p.close()
		return nil, os.NewSyscallError("epoll_ctl", err)
	}
	return p, nil
}

// poll waits for at most timeout (negative: without end) and returns how many
// events dispatch will find. A poll that can block is a system call that lets go
// of Go's processor.
func (p *poller) poll(timeout time.Duration) (int, error) {
	var n int
	var err error
	if timeout == 0 {
		n, err = pollNow(p.epoll, p.events)
	} else {
		n, err = unix.EpollWait(p.epoll, p.events, milliseconds(timeout))
	}
	if err != nil && errors.Is(err, unix.EINTR) {
		n, err = 0, nil
	}
	p.ready = max(n, 0)
	if err != nil {
		return 0, os.NewSyscallError("epoll_wait", err)
	}
	return p.ready, nil
}

// milliseconds rounds up, so that the loop does not wake before it is time.
func milliseconds(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int(min((d+time.Millisecond-1)/time.Millisecond, math.MaxInt32))
}

// dispatch serves the sockets the last poll found ready.
func (p *poller) dispatch(l *Loop) {
	for i := range p.ready {
		ev := &p.events[i]
		if ev.Fd < 0 {
			l.http.dispatch(ev)
			continue
		}
		if c := l.conns.get(ev.Fd, ev.Pad); c != nil {
			c.transport.(*polled).serve(c, ev.Events)
			l.settle()
		}
	}
	p.ready = 0
}

// wake ends the sleep of poll, or of the next one.
func (p *poller) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(p.event, one[:]) // the counter never overflows
}

func (p *poller) close() {
	_ = unix.Close(p.event)
	_ = unix.Close(p.epoll)
}

// polled is a TCP socket watched by the poller.
type polled struct {
	poller     *poller
	peer       netip.AddrPort
	fd         int32           // -1 once closed; every connection has one of these, so that it is no larger than that
	queued     int32           // bytes with the kernel when progress last looked
	slot       unix.EpollEvent // 12 bytes
	registered bool
}

// newPolled takes the socket of conn from Go's own poller; ok is false when it
// is not a TCP socket. conn is closed when ok.
func newPolled(p *poller, conn net.Conn, sendBuffer int) (_ *polled, ok bool) {
	tcp, isTCP := tcpOf(conn)
	if !isTCP {
		return nil, false
	}
	fd, err := duplicateTCP(tcp, sendBuffer)
	if err != nil {
		return nil, false
	}
	peer, _ := conn.RemoteAddr().(*net.TCPAddr)
	_ = conn.Close() // the duplicate keeps the connection
	return &polled{poller: p, fd: int32(fd), peer: peer.AddrPort()}, true
}

// start registers the socket for reading.
func (s *polled) start(c *Conn) error {
	s.slot = unix.EpollEvent{Events: unix.EPOLLIN, Fd: c.slot, Pad: c.loop.conns.generation(c)}
	return s.register()
}

func (s *polled) register() error {
	s.registered = true
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(s.poller.epoll, unix.EPOLL_CTL_ADD, int(s.fd), &s.slot))
}

// want sets what is waited for.
func (s *polled) want(mask uint32, on bool) {
	events := s.slot.Events &^ mask
	if on {
		events |= mask
	}
	if s.fd < 0 || s.registered && events == s.slot.Events {
		return
	}
	s.slot.Events = events
	if !s.registered {
		_ = s.register() // it was registered before: the slot and the memory exist
		return
	}
	_ = unix.EpollCtl(s.poller.epoll, unix.EPOLL_CTL_MOD, int(s.fd), &s.slot) // as above
}

func (s *polled) reading(on bool) { s.want(unix.EPOLLIN, on) }

// serve handles one event.
func (s *polled) serve(c *Conn, events uint32) {
	if events&unix.EPOLLOUT != 0 {
		c.writable()
	}
	switch {
	case events&^unix.EPOLLOUT == 0 || s.fd < 0:
	case s.slot.Events&unix.EPOLLIN != 0:
		s.read(c)
	default:
		// The peer is gone while the socket is not to be read. The kernel
		// would report it without end; look again when reading goes on.
		s.registered = false
		_ = unix.EpollCtl(s.poller.epoll, unix.EPOLL_CTL_DEL, int(s.fd), nil)
	}
}

// read takes one buffer full; the kernel reports what is left in the next turn.
func (s *polled) read(c *Conn) {
	n, err := readNow(int(s.fd), c.loop.readBuf)
	switch {
	case n > 0:
		c.receive(c.loop.readBuf[:n])
	case notNow(err):
	default:
		c.lost()
	}
}

// write gives the kernel what it takes at once.
func (s *polled) write(vec [][]byte) (n int, err error) {
	if len(vec) == 1 {
		n, err = writeNow(int(s.fd), vec[0])
	} else {
		n, err = writevNow(int(s.fd), s.poller.iovecs(vec))
		clear(s.poller.pieces)
	}
	if notNow(err) {
		err = nil
	}
	return max(n, 0), err
}

// iovecs is vec as the kernel takes it, valid until the next call.
func (p *poller) iovecs(vec [][]byte) []unix.Iovec {
	p.pieces = p.pieces[:0]
	for _, b := range vec {
		piece := unix.Iovec{Base: unsafe.SliceData(b)}
		piece.SetLen(len(b))
		p.pieces = append(p.pieces, piece)
	}
	return p.pieces
}

// notNow reports whether a call may be repeated later.
func notNow(err error) bool {
	return err != nil && (errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR))
}

// full says that write took less than it was given: writable is to be called
// once there is room. on false ends that.
func (s *polled) full(on bool) { s.want(unix.EPOLLOUT, on) }

func (s *polled) busy() bool { return false } // write gives straight to the kernel

func (s *polled) progress() bool {
	before := s.queued
	s.queued = queuedBytes(int(s.fd))
	return s.queued < before
}

// queuedBytes is how much the kernel holds that the peer has not acknowledged.
func queuedBytes(fd int) int32 {
	n, err := unix.IoctlGetInt(fd, unix.SIOCOUTQ)
	if err != nil {
		return 0
	}
	return int32(n)
}

// kernelQueue is queuedBytes of a connection that is not polled.
func kernelQueue(tcp *net.TCPConn) (n int32) {
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { n = queuedBytes(int(fd)) }) // 0 when it is closed
	}
	return n
}

func (s *polled) shutdown() {
	_ = unix.Shutdown(int(s.fd), unix.SHUT_WR) // fails only when the peer is gone
}

func (s *polled) hurry() {} // write has taken only what it gave to the kernel

func (s *polled) close() {
	if s.fd >= 0 {
		_ = unix.Close(int(s.fd)) // leaves the poller too: it is the last descriptor
		s.fd = -1
	}
}

func (s *polled) remoteAddr() net.Addr { return net.TCPAddrFromAddrPort(s.peer) }
