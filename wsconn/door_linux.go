package wsconn

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Door listens in front of an HTTP server. It reads the first bytes of every
// connection; when they are a whole request of the common kind, it asks Knock,
// and the connection never costs what net/http does for one. All others come out
// of Accept, for net/http, with what was read.
//
// It is a [net.Listener]: Accept, Close and Addr may be called by any goroutine.
// Run does the work on the goroutine that calls it. A connection that has sent
// nothing costs one descriptor and some hundred bytes, for HeaderTime at most.
type Door struct {
	o      DoorOptions
	addr   net.Addr
	listen int // descriptor
	poller *poller
	others chan struct{} // one, while there may be some in passed
	end    sync.Once
	closed chan struct{} // Close was called

	mu     sync.Mutex
	gone   bool       // the poller is closed, or will be when Run ends
	passed []*passing // for Accept; no more than there are connections

	// Of Run's goroutine.
	guests map[int32]*list.Element // by descriptor
	queue  list.List               // of guest, who waits longest first
	deaf   time.Time               // when accepting goes on after an error; zero: it does
	buf    []byte
}

// guest is a connection that has sent nothing.
type guest struct {
	fd   int
	peer netip.AddrPort
	by   time.Time // when its header's time is over
}

// NewDoor takes the socket of l over and closes l. It is false, and l unchanged,
// when l is no TCP listener. Run must be called.
func NewDoor(l net.Listener, o DoorOptions) (_ *Door, ok bool) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, false
	}
	fd, err := duplicate(tcp)
	if err != nil {
		return nil, false
	}
	p, err := newPoller()
	if err != nil {
		_ = unix.Close(fd)
		return nil, false
	}
	d := &Door{o: o.withDefaults(), addr: l.Addr(), listen: fd, poller: p, others: make(chan struct{}, 1),
		closed: make(chan struct{}), guests: map[int32]*list.Element{}}
	d.buf = make([]byte, d.o.MaxHeaderBytes)
	if err := d.watch(fd); err != nil {
		d.release()
		return nil, false
	}
	_ = l.Close() // the duplicate goes on listening
	return d, true
}

func (d *Door) watch(fd int) error {
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(d.poller.epoll, unix.EPOLL_CTL_ADD, fd, &ev))
}

func (d *Door) unwatch(fd int) { _ = unix.EpollCtl(d.poller.epoll, unix.EPOLL_CTL_DEL, fd, nil) }

// Accept waits for a connection that nobody has taken. After Close it returns
// [net.ErrClosed].
func (d *Door) Accept() (net.Conn, error) {
	for {
		if g := d.next(); g != nil {
			conn, err := adoptTCP(g.fd)
			if err == nil {
				return &visitor{TCPConn: conn, read: g.read, by: g.by, parcel: g.parcel}, nil
			}
			d.o.Log.Error("cannot hand a connection to the HTTP server", "error", err)
			g.lost()
			continue
		}
		select {
		case <-d.others:
		case <-d.closed:
			return nil, net.ErrClosed
		}
	}
}

// passing is a connection on its way to Accept.
type passing struct {
	fd     int
	read   []byte
	by     time.Time
	parcel Parcel
}

func (p *passing) lost() {
	if p.parcel != nil {
		p.parcel.Lost()
	}
}

// next takes what waits for Accept longest; nil when nothing does.
func (d *Door) next() *passing {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.passed) == 0 {
		return nil
	}
	p := d.passed[0]
	d.passed[0] = nil
	if d.passed = d.passed[1:]; len(d.passed) == 0 {
		d.passed = nil
	}
	return p
}

// waiting is how many connections are on their way to Accept.
func (d *Door) waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.passed)
}

// pass gives a connection to whoever calls Accept. Any goroutine may call it.
func (d *Door) pass(p *passing) {
	d.mu.Lock()
	closed := d.gone
	if !closed {
		d.passed = append(d.passed, p)
	}
	d.mu.Unlock()
	if closed {
		_ = unix.Close(p.fd)
		p.lost()
		return
	}
	select {
	case d.others <- struct{}{}:
	default:
	}
}

// Close ends Run and Accept, and closes the listening socket and what waits at
// it. Only the first call counts.
func (d *Door) Close() error {
	d.end.Do(func() {
		close(d.closed)
		d.mu.Lock()
		defer d.mu.Unlock()
		if !d.gone {
			d.poller.wake()
		}
	})
	return nil
}

// Addr is the address that is listened on.
func (d *Door) Addr() net.Addr { return d.addr }

// Run serves the door until Close, locking the goroutine to its thread. The error
// is why it cannot go on.
func (d *Door) Run() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer d.release()
	for !d.isClosed() {
		if err := d.turn(); err != nil {
			return fmt.Errorf("listening on %s: %w", d.addr, err)
		}
	}
	return nil
}

func (d *Door) isClosed() bool {
	select {
	case <-d.closed:
		return true
	default:
		return false
	}
}

func (d *Door) release() {
	d.mu.Lock()
	d.gone = true
	d.mu.Unlock()
	_ = d.Close()
	_ = unix.Close(d.listen)
	for fd := range d.guests {
		_ = unix.Close(int(fd))
	}
	d.poller.close()
	for p := d.next(); p != nil; p = d.next() {
		_ = unix.Close(p.fd)
		p.lost()
	}
}

// turn waits for connections and bytes and serves what is there.
func (d *Door) turn() error {
	n, err := d.poller.poll(0)
	if n == 0 && err == nil {
		n, err = d.poller.poll(d.patience())
	}
	if err != nil {
		return err
	}
	for _, ev := range d.poller.events[:n] {
		switch fd := int(ev.Fd); fd {
		case wakeSlot:
		case d.listen:
			d.accept()
		default:
			d.serve(fd)
		}
	}
	d.expire(time.Now())
	return nil
}

// patience is how long the door may sleep.
func (d *Door) patience() time.Duration {
	var next time.Time
	if first := d.queue.Front(); first != nil {
		next = first.Value.(guest).by
	}
	if !d.deaf.IsZero() && (next.IsZero() || d.deaf.Before(next)) {
		next = d.deaf
	}
	if next.IsZero() {
		return -1
	}
	return max(time.Until(next), time.Millisecond)
}

// acceptAtOnce bounds what is accepted before bytes are looked at again.
const acceptAtOnce = 64

// accept takes new connections in.
func (d *Door) accept() {
	by := time.Now().Add(d.o.HeaderTime)
	for range acceptAtOnce {
		fd, peer, err := acceptNow(d.listen)
		switch {
		case err == nil:
			// What is inherited from the listener reads the same, and yet a stream of
			// messages then comes in lumps (measured: 13 ms apart; Linux 6.18 with bbr).
			_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1) // fails only when the peer is gone
			d.admit(guest{fd: fd, peer: peer, by: by})
		case notNow(err):
			return
		case errors.Is(err, unix.ECONNABORTED): // it has gone already
		default:
			d.pause(err)
			return
		}
	}
}

// pauseAfterError is how long nothing is accepted when the system has no
// descriptors or memory.
const pauseAfterError = 50 * time.Millisecond

func (d *Door) pause(err error) {
	d.o.Log.Error("cannot accept connections", "error", err)
	d.deaf = time.Now().Add(pauseAfterError)
	d.unwatch(d.listen)
}

// admit serves a new connection if it has sent something already, as under load most have; else it becomes a guest.
func (d *Door) admit(g guest) {
	if !d.o.Room(len(d.guests) + d.waiting()) {
		_ = unix.Close(g.fd)
		return
	}
	n, err := readNow(g.fd, d.buf)
	switch {
	case n > 0:
		d.decide(g, d.buf[:n])
	case !notNow(err) || d.watch(g.fd) != nil:
		_ = unix.Close(g.fd)
	default:
		d.guests[int32(g.fd)] = d.queue.PushBack(g)
	}
}

// expire closes what has sent nothing for too long, and ends a pause.
func (d *Door) expire(now time.Time) {
	for e := d.queue.Front(); e != nil && !now.Before(e.Value.(guest).by); e = d.queue.Front() {
		g := d.leave(e)
		_ = unix.Close(g.fd)
		d.o.Silent(g.peer)
	}
	if !d.deaf.IsZero() && !now.Before(d.deaf) {
		d.deaf = time.Time{}
		if err := d.watch(d.listen); err != nil {
			d.pause(err)
		}
	}
}

// leave takes a guest off the list. Its descriptor is still watched.
func (d *Door) leave(e *list.Element) guest {
	g := d.queue.Remove(e).(guest)
	delete(d.guests, int32(g.fd))
	return g
}

// serve reads what a guest has sent first.
func (d *Door) serve(fd int) {
	e := d.guests[int32(fd)]
	if e == nil {
		return
	}
	n, err := readNow(fd, d.buf)
	if n < 0 && notNow(err) {
		return
	}
	g := d.leave(e)
	if n <= 0 {
		_ = unix.Close(fd) // and it is watched no more: there is no other descriptor
		return
	}
	d.unwatch(fd)
	d.decide(g, d.buf[:n])
}

// decide finds out who a connection is for by what it has sent first.
func (d *Door) decide(g guest, data []byte) {
	if !d.knock(g, data) {
		d.handOn(g, data)
	}
}

// knock offers a plain request. False: it is none, or was not wanted.
func (d *Door) knock(g guest, data []byte) (taken bool) {
	r, size, how := readRequest(data, len(data))
	if how != readWhole {
		return false
	}
	r.RemoteAddr = g.peer.String()
	k := &Knocking{door: d, fd: g.fd, peer: g.peer, data: data, early: data[size:]}
	defer func() {
		if p := recover(); p != nil {
			d.o.Log.Error("a request at the door panicked", "panic", p, "stack", string(debug.Stack()))
			taken = k.taken // net/http may try, if the socket is still there
		}
	}()
	d.o.Knock(r, k)
	return k.taken
}

// handOn gives a connection to whoever calls Accept.
func (d *Door) handOn(g guest, data []byte) {
	d.pass(&passing{fd: g.fd, read: bytes.Clone(data), by: g.by})
}

// Accept answers 101, with the headers of extra besides those of the handshake.
// It does not block. Whatever it returns, the connection is taken: after an error
// it is closed.
func (k *Knocking) Accept(u *Upgrade, extra map[string][]string) (*Accepted, error) {
	k.taken = true
	answer := u.response(extra)
	n, err := writeNow(k.fd, answer)
	if err == nil && n < len(answer) { // not into an empty buffer
		err = unix.EAGAIN
	}
	if err != nil {
		_ = unix.Close(k.fd)
		return nil, fmt.Errorf("answer the websocket handshake: %w", err)
	}
	a := &Accepted{fd: k.fd, peer: k.peer, deflate: u.deflate}
	if len(k.early) > 0 {
		a.early = bytes.Clone(k.early)
	}
	return a, nil
}
