package wsconn

import (
	"bytes"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// HTTPConn is an HTTP/1.1 connection on a loop. Requests that are plain (see
// readRequest) are given to its handler, on the loop's goroutine, as messages of
// WebSockets are; with the first that is not, it is passed on. Its methods are
// for the loop only.
type HTTPConn struct {
	loop    *Loop
	door    *Door
	handler HTTPHandler
	limits  *HTTPLimits
	remote  string // peer, as net/http has it
	peer    netip.AddrPort

	data   []byte // while the handler runs: what was read from the present request on
	raw    []byte // the present request, when the handler has not answered at once
	in     []byte // what was read behind it, or the beginning of the next
	out    []byte // what of the answer was not written
	due    int64  // when it has waited too long; 0: never
	fd     int32
	slot   int32
	events uint32 // that are waited for
	state  httpState
	last   bool // the connection ends with the answer
	inline bool // the handler runs
}

// AdoptHTTP makes the loop own a connection whose first request is at the door.
// open runs on the loop, once, and returns the connection's handler, which is
// given that request. False, and nothing has happened: the loop takes no more, or
// does not poll.
func (l *Loop) AdoptHTTP(k *Knocking, limits *HTTPLimits, open func(*HTTPConn) HTTPHandler) bool {
	c := &HTTPConn{door: k.door, limits: limits, fd: int32(k.fd), peer: k.peer, remote: k.peer.String()}
	k.taken = !l.portable && l.Post(c.opening(l, bytes.Clone(k.data), open))
	return k.taken
}

// opening is what c does first on a loop.
func (c *HTTPConn) opening(l *Loop, data []byte, open func(*HTTPConn) HTTPHandler) func() {
	return func() {
		c.loop, c.state, c.due, c.in, c.raw, c.data = l, httpIdle, 0, nil, nil, nil
		c.handler = open(c)
		if err := l.http.add(l, c); err != nil {
			l.log.Error("cannot watch a connection", "error", err)
			c.close()
			return
		}
		c.next(data)
	}
}

// MoveTo has another loop go on with the connection. It may be called inside
// Request, before anything is answered, which then returns true: the other's
// handler is given the request. False, and nothing has happened: the other loop
// takes no more.
func (c *HTTPConn) MoveTo(other *Loop, open func(*HTTPConn) HTTPHandler) bool {
	moved := &HTTPConn{door: c.door, limits: c.limits, fd: c.fd, peer: c.peer, remote: c.remote}
	c.leave()
	c.unwatch()
	if other.Post(moved.opening(other, bytes.Clone(c.data), open)) {
		c.handler.Left()
		return true
	}
	c.state = httpBusy
	if c.loop.http.add(c.loop, c) != nil {
		c.close()
	}
	return false
}

// Answer sends a whole answer: status line, header and body, which is not kept.
// last: the connection ends with it. It does nothing unless a request is to be
// answered.
func (c *HTTPConn) Answer(wire []byte, last bool) {
	if c.state != httpBusy {
		return
	}
	c.state, c.last, c.raw = httpWriting, last, nil
	c.due = c.loop.now + int64(c.limits.WriteStall)
	c.write(wire)
}

func (c *HTTPConn) write(wire []byte) {
	n, err := writeNow(int(c.fd), wire)
	switch {
	case err != nil && !notNow(err):
		c.end(err)
	case max(n, 0) == len(wire):
		c.sent()
	default:
		c.out = append([]byte(nil), wire[max(n, 0):]...)
		c.want(unix.EPOLLOUT)
	}
}

// writable goes on with the answer.
func (c *HTTPConn) writable() {
	n, err := writeNow(int(c.fd), c.out)
	switch {
	case err != nil && !notNow(err):
		c.end(err)
		return
	case n > 0:
		c.out = c.out[n:]
		c.due = c.loop.clock() + int64(c.limits.WriteStall)
	}
	if len(c.out) == 0 {
		c.out = nil
		c.sent()
	}
}

// httpLinger is how long a peer may take to close its side after the last answer.
// Closing before it has read that could make the kernel take the answer back.
const httpLinger = time.Second

// sent is called when an answer is with the kernel.
func (c *HTTPConn) sent() {
	c.handler.Sent(nil)
	c.want(unix.EPOLLIN)
	if c.last {
		c.state, c.in = httpClosing, nil
		c.due = c.loop.now + int64(httpLinger)
		_ = unix.Shutdown(int(c.fd), unix.SHUT_WR) // fails only when the peer is gone
		return
	}
	c.state = httpIdle
	c.due = c.loop.now + int64(c.limits.IdleTime)
	if !c.inline && len(c.in) > 0 {
		data := c.in
		c.in = nil
		c.next(data)
	}
}

// PassOn gives up the connection, with the request if it is not answered yet, and
// a parcel that [ParcelOf] finds; it may be nil.
func (c *HTTPConn) PassOn(parcel Parcel) {
	data := c.data
	if !c.inline {
		data = append(c.raw, c.in...)
	}
	c.passOn(data, parcel)
}

func (c *HTTPConn) passOn(data []byte, parcel Parcel) {
	if c.state == httpGone {
		return
	}
	c.leave()
	c.unwatch()
	c.door.pass(&passing{fd: int(c.fd), read: bytes.Clone(data), by: time.Now().Add(c.limits.HeaderTime), parcel: parcel})
	c.handler.Left()
}

// serve handles one event.
func (c *HTTPConn) serve(events uint32) {
	if events&unix.EPOLLOUT != 0 && c.state == httpWriting && len(c.out) > 0 {
		c.writable()
		return
	}
	n, err := readNow(int(c.fd), c.loop.readBuf)
	switch {
	case n > 0:
		c.receive(c.loop.readBuf[:n])
	case notNow(err):
	default:
		c.close()
	}
}

// receive takes what was read.
func (c *HTTPConn) receive(data []byte) {
	switch {
	case c.state == httpClosing:
	case c.state != httpIdle:
		if c.in = append(c.in, data...); len(c.in) > c.limits.MaxHeaderBytes {
			c.want(0) // nor is it seen, then, that the client goes
		}
	case len(c.in) > 0:
		data, due := append(c.in, data...), c.due
		c.in = nil
		c.next(data)
		if c.state == httpIdle && len(c.in) > 0 {
			c.due = min(c.due, due) // the time of a request runs from its first piece on, however many follow
		}
	default:
		c.next(data)
	}
}

const (
	// httpAtOnce bounds the requests that are served of one piece: who sends more
	// without waiting for the answers is passed on.
	httpAtOnce = 16
	// httpPatience is how long the rest of a request may take, from its first piece
	// on, before what has come is passed on.
	httpPatience = 200 * time.Millisecond
)

// next serves the requests that data begins with.
func (c *HTTPConn) next(data []byte) {
	for served := 0; len(data) > 0 && c.state == httpIdle; served++ {
		r, size, how := readRequest(data, c.limits.MaxBodyBytes)
		switch {
		case how == readPart && len(data) < c.limits.MaxHeaderBytes+c.limits.MaxBodyBytes:
			c.in = bytes.Clone(data)
			c.due = c.loop.now + int64(httpPatience)
			return
		case how != readWhole, served == httpAtOnce, size-int(r.ContentLength) > c.limits.MaxHeaderBytes:
			c.passOn(data, nil)
			return
		}
		r.RemoteAddr = c.remote
		c.request(r, data)
		data = data[size:]
		switch c.state {
		case httpBusy:
			c.raw, c.in, c.due = bytes.Clone(c.data[:size]), bytes.Clone(data), 0
		case httpWriting:
			c.in = bytes.Clone(data)
		}
	}
	c.data = nil
}

// request has the handler answer.
func (c *HTTPConn) request(r *http.Request, data []byte) {
	c.state, c.data, c.inline = httpBusy, data, true
	defer func() {
		if p := recover(); p != nil {
			c.loop.counts.Panics++
			c.loop.log.Error("an HTTP handler panicked", "remote", c.remote, "panic", p, "stack", string(debug.Stack()))
			c.close()
		}
		c.inline = false
	}()
	if !c.handler.Request(r) {
		c.passOn(data, nil)
	}
}

// expired is called when what was waited for has not come.
func (c *HTTPConn) expired() {
	if c.state == httpIdle && len(c.in) > 0 {
		c.passOn(c.in, nil)
		return
	}
	c.end(os.ErrDeadlineExceeded)
}

// close ends the connection at once.
func (c *HTTPConn) close() { c.end(net.ErrClosed) }

// end is close, with why an answer under way was not sent.
func (c *HTTPConn) end(why error) {
	if c.state == httpGone {
		return
	}
	was := c.state
	c.leave()
	_ = unix.Close(int(c.fd))
	switch was {
	case httpBusy:
		c.handler.Gone()
	case httpWriting:
		c.handler.Sent(why)
	}
	c.handler.Left()
}

// leave takes the connection out of the loop's table.
func (c *HTTPConn) leave() {
	c.state = httpGone
	c.loop.http.remove(c)
}

// unwatch takes it from the poller, which closing does by itself.
func (c *HTTPConn) unwatch() {
	_ = unix.EpollCtl(c.loop.poller.epoll, unix.EPOLL_CTL_DEL, int(c.fd), nil)
}

// want sets the events that are waited for.
func (c *HTTPConn) want(events uint32) {
	if c.events == events {
		return
	}
	c.events = events
	ev := c.loop.http.event(c)
	_ = unix.EpollCtl(c.loop.poller.epoll, unix.EPOLL_CTL_MOD, int(c.fd), &ev) // the slot and the memory exist
}
