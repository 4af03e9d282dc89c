package load

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// pendingOpens is how many handshakes are under way at once; below any server's listen backlog.
const pendingOpens = 100

// events are the callbacks of a measurement; all may be nil.
type events struct {
	opened   func(*conn) error
	messages func(c *conn, count int) error // count data messages have come
	ended    func(*conn) error              // the server has closed; without it that is an error
}

// loop serves connections on the calling thread.
type loop struct {
	epoll  int
	port   int
	conns  []*conn
	on     events
	buf    []byte
	ready  []unix.EpollEvent
	opened int
	http   *exchange // what is spoken instead of WebSocket
}

func newLoop(port int) (*loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	return &loop{epoll: epoll, port: port, buf: make([]byte, 256<<10), ready: make([]unix.EpollEvent, 512)}, nil
}

// close ends all connections with a reset, so that no ports stay behind.
func (l *loop) close() {
	for _, c := range l.conns {
		if c.state != closed {
			_ = unix.SetsockoptLinger(c.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
			_ = unix.Close(c.fd)
		}
	}
	_ = unix.Close(l.epoll)
}

// add makes a connection and starts its handshake.
func (l *loop) add(path string) (*conn, error) {
	c := &conn{slot: int32(len(l.conns))}
	l.conns = append(l.conns, c)
	return c, l.dial(c, path)
}

// dial starts c, anew if it was closed.
func (l *loop) dial(c *conn, path string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	c.fd, c.state, c.watching, c.scan = fd, handshaking, 0, Scanner{WantBytes: c.scan.WantBytes}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: l.port, Addr: [4]byte{127, 0, 0, 1}})
	if err != nil && !errors.Is(err, unix.EINPROGRESS) {
		return fmt.Errorf("connect: %w", err)
	}
	if l.http != nil {
		c.repeat(l.http.request)
	} else {
		c.repeat(handshakeRequest(l.port, path))
	}
	c.owed = len(c.pattern)
	return l.watch(c, unix.EPOLLIN|unix.EPOLLOUT)
}

// watch tells the kernel what is waited for; 0 is nothing.
func (l *loop) watch(c *conn, what uint32) error {
	if c.watching == what {
		return nil
	}
	op := unix.EPOLL_CTL_MOD
	switch {
	case what == 0:
		op = unix.EPOLL_CTL_DEL
	case c.watching == 0:
		op = unix.EPOLL_CTL_ADD
	}
	c.watching = what
	if err := unix.EpollCtl(l.epoll, op, c.fd, &unix.EpollEvent{Events: what, Fd: c.slot}); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// send makes n bytes of the pattern due and writes them.
func (l *loop) send(c *conn, n int) error {
	c.owed += n
	if err := c.flush(); err != nil {
		return err
	}
	if c.owed > 0 {
		return l.watch(c, unix.EPOLLIN|unix.EPOLLOUT)
	}
	return l.watch(c, unix.EPOLLIN)
}

// openAll adds n connections and waits until all are open.
func (l *loop) openAll(n int, path string) error {
	first, limit := l.opened, time.Now().Add(openWithin)
	for started := 0; l.opened-first < n; {
		for started < n && started-(l.opened-first) < pendingOpens {
			if _, err := l.add(path); err != nil {
				return err
			}
			started++
		}
		if err := l.step(10 * time.Millisecond); err != nil {
			return err
		}
		if time.Now().After(limit) {
			return fmt.Errorf("%d of %d connections were open after %v", l.opened-first, n, openWithin)
		}
	}
	return nil
}

// runFor serves for a time.
func (l *loop) runFor(d time.Duration) error {
	for end := time.Now().Add(d); ; {
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		if err := l.step(left); err != nil {
			return err
		}
	}
}

// step waits for events, at most this long, and serves them.
func (l *loop) step(wait time.Duration) error {
	n, err := unix.EpollWait(l.epoll, l.ready, int((wait+time.Millisecond-1)/time.Millisecond))
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("epoll_wait: %w", err)
	}
	for _, e := range l.ready[:n] {
		if err := l.serve(l.conns[e.Fd], e.Events); err != nil {
			return fmt.Errorf("connection %d: %w", e.Fd, err)
		}
	}
	return nil
}

func (l *loop) serve(c *conn, what uint32) error {
	if c.state == closed {
		return nil
	}
	if what&unix.EPOLLOUT != 0 {
		if err := l.send(c, 0); err != nil {
			return err
		}
	}
	if what&^unix.EPOLLOUT != 0 {
		return l.read(c)
	}
	return nil
}

func (l *loop) read(c *conn) error {
	n, err := unix.Read(c.fd, l.buf)
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return nil
	case err != nil && (l.on.ended == nil || !errors.Is(err, unix.ECONNRESET)):
		return fmt.Errorf("reading: %w", err)
	case n <= 0:
		return l.lost(c)
	}
	data := l.buf[:n]
	if c.state == handshaking {
		if l.http != nil {
			c.state = open
		} else if data, err = c.answer(data); err != nil || c.state != open {
			return err
		}
		l.opened++
		if l.on.opened != nil {
			if err := l.on.opened(c); err != nil {
				return err
			}
		}
	}
	return l.deliver(c, data)
}

func (l *loop) deliver(c *conn, data []byte) error {
	scan := c.scan.Scan
	if l.http != nil {
		scan = func(data []byte) (int, error) { return l.http.take(c, data) }
	}
	count, err := scan(data)
	if err != nil {
		return err
	}
	c.received += int64(count)
	if count > 0 && l.on.messages != nil {
		return l.on.messages(c, count)
	}
	return nil
}

func (l *loop) lost(c *conn) error {
	c.state, c.watching = closed, 0
	if err := unix.Close(c.fd); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	if l.on.ended == nil {
		return errLost
	}
	return l.on.ended(c)
}
