package wsconn

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// httpConns are the HTTP connections of a loop.
type httpConns struct {
	slots    []httpSlot
	free     []int32
	count    int
	watching bool // a timer looks for those that wait too long
}

// httpSlot is as tableSlot.
type httpSlot struct {
	conn       *HTTPConn
	generation int32
}

// firstHTTPSlot is how the poller knows the connection in the first slot, and so
// on downwards.
const firstHTTPSlot = wakeSlot - 1

// add has the poller watch c.
func (h *httpConns) add(l *Loop, c *HTTPConn) error {
	if n := len(h.free); n > 0 {
		c.slot = h.free[n-1]
		h.free = h.free[:n-1]
	} else {
		c.slot = int32(len(h.slots))
		h.slots = append(h.slots, httpSlot{})
	}
	h.slots[c.slot].conn = c
	h.count++
	h.watch(l)
	c.events = unix.EPOLLIN
	ev := h.event(c)
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(l.poller.epoll, unix.EPOLL_CTL_ADD, int(c.fd), &ev))
}

func (h *httpConns) event(c *HTTPConn) unix.EpollEvent {
	return unix.EpollEvent{Events: c.events, Fd: firstHTTPSlot - c.slot, Pad: h.slots[c.slot].generation}
}

// remove frees c's slot; only the first call counts.
func (h *httpConns) remove(c *HTTPConn) {
	if c.slot < 0 || int(c.slot) >= len(h.slots) || h.slots[c.slot].conn != c {
		return
	}
	s := &h.slots[c.slot]
	s.conn = nil
	s.generation++
	h.free = append(h.free, c.slot)
	h.count--
	c.slot = -1
}

// dispatch serves the connection of an event.
func (h *httpConns) dispatch(ev *unix.EpollEvent) {
	if ev.Fd == wakeSlot {
		return
	}
	if s := h.slots[firstHTTPSlot-ev.Fd]; s.conn != nil && s.generation == ev.Pad {
		s.conn.serve(ev.Events)
	}
}

// httpTick is how often deadlines of HTTP connections are looked at. All of them
// at once: they move with every request, and there is no sooner.
const httpTick = 250 * time.Millisecond

// watch looks for connections that wait too long, for as long as there are any.
func (h *httpConns) watch(l *Loop) {
	if h.watching {
		return
	}
	h.watching = true
	l.AfterFunc(httpTick, func() {
		h.watching = false
		for i := range h.slots {
			if c := h.slots[i].conn; c != nil && c.due != 0 && c.due <= l.now {
				c.expired()
			}
		}
		if h.count > 0 {
			h.watch(l)
		}
	})
}

// each calls fn for every connection; fn may remove it.
func (h *httpConns) each(fn func(*HTTPConn)) {
	for i := range h.slots {
		if c := h.slots[i].conn; c != nil {
			fn(c)
		}
	}
}

func (h *httpConns) end() { h.each((*HTTPConn).close) }

// ReleaseHTTP passes on the HTTP connections that wait for a request. It is for
// the loop goroutine.
func (l *Loop) ReleaseHTTP() {
	l.http.each(func(c *HTTPConn) {
		if c.state == httpIdle {
			c.passOn(c.in, nil)
		}
	})
}

// CutHTTP ends all HTTP connections, also those with a request in flight. It is
// for the loop goroutine.
func (l *Loop) CutHTTP() { l.http.end() }
