package server

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
)

// slots counts what holds descriptors: WebSockets, per server and per client, and HTTP connections. It may be used from
// any goroutine.
type slots struct {
	max        int
	perAddress int // 0: no bound
	http       atomic.Int64
	anyone     lease // when perAddress is 0

	mu        sync.Mutex
	taken     int
	addresses map[netip.Addr]int // only when perAddress is set
}

func newSlots(l Limits, descriptors int) *slots {
	s := &slots{max: l.MaxConnections, perAddress: l.MaxConnectionsPerAddress, addresses: map[netip.Addr]int{}}
	if s.max <= 0 {
		s.max = max(descriptors-reservedDescriptors, 1)
	}
	s.anyone.slots = s
	return s
}

// reservedDescriptors are left for files, loops, listeners and answers that say no.
const reservedDescriptors = 100

// acquire takes a slot for a WebSocket. The status is 0 when it got one, else what to answer: 429 when the address has
// its share, 503 when the server is full.
func (s *slots) acquire(address netip.Addr) (status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := subscriber(address)
	switch {
	case s.perAddress > 0 && s.addresses[key] >= s.perAddress:
		return http.StatusTooManyRequests
	case s.taken >= s.max:
		return http.StatusServiceUnavailable
	}
	s.taken++
	if s.perAddress > 0 {
		s.addresses[key]++
	}
	return 0
}

// lease is the slot of a connection.
type lease struct {
	slots   *slots
	address netip.Addr
}

// lease is for a slot that was acquired. Where addresses do not count, all connections have one in common.
func (s *slots) lease(address netip.Addr) *lease {
	if s.perAddress == 0 {
		return &s.anyone
	}
	return &lease{s, address}
}

// end gives the slot back.
func (l *lease) end() { l.slots.release(l.address) }

// release gives a slot back.
func (s *slots) release(address netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.perAddress == 0 {
		return
	}
	key := subscriber(address)
	if s.addresses[key]--; s.addresses[key] == 0 {
		delete(s.addresses, key)
	}
}

// subscriber is what counts as one address: of IPv6 the /64, which is what one subscriber is given.
func subscriber(address netip.Addr) netip.Addr {
	if address.Is4() || !address.IsValid() {
		return address
	}
	prefix, err := address.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.Addr()
}

// watch is part of an http.Server's ConnState: it cuts HTTP connections beyond what the process has descriptors for, so
// that there are always some left to answer, load and log with, and returns true for those. A hijacked connection is
// counted by acquire.
func (s *slots) watch(conn net.Conn, state http.ConnState) (cut bool) {
	switch state {
	case http.StateNew:
		if s.http.Add(1); !s.room(0) {
			_ = conn.Close() // its goroutine sees that and ends
			return true
		}
	case http.StateHijacked, http.StateClosed:
		s.http.Add(-1)
	}
	return false
}

// room reports whether there are descriptors left beside those in use and so many more.
func (s *slots) room(more int) bool {
	return int(s.http.Load())+s.inUse()+more <= s.max+reservedDescriptors/2
}

func (s *slots) inUse() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

// fallbackDescriptors is assumed where the limit cannot be read.
const fallbackDescriptors = 1024
