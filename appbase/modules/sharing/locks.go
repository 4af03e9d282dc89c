package sharing

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// maxWaiting bounds those who wait for one lock.
const maxWaiting = 10_000

// ErrWaiting says that too many wait for a lock.
var ErrWaiting = errors.New("too many wait for the lock")

// Locks are an app's locks by name: each has one holder at a time, and goes to those who wait in the order in which they came.
// It may be used from any goroutine.
type Locks struct {
	mu    sync.Mutex
	locks map[string][]*Ticket // the holder, then those who wait
}

// Ticket is one wish for a lock.
type Ticket struct {
	name    string
	granted func() // called once, from any goroutine, when it is the holder's
}

// NewLocks is a set without locks.
func NewLocks() *Locks { return &Locks{locks: map[string][]*Ticket{}} }

// Acquire asks for a lock. granted is called when it is the ticket's: before Acquire returns or later, from any goroutine. It
// must not block or call the locks. Whoever has a ticket releases it.
func (l *Locks) Acquire(name string, granted func()) (*Ticket, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.locks[name]
	if len(queue) > maxWaiting {
		return nil, fmt.Errorf("%w %.60q", ErrWaiting, name)
	}
	t := &Ticket{name, granted}
	l.locks[name] = append(queue, t)
	if len(queue) == 0 {
		granted()
	}
	return t, nil
}

// Release ends a ticket, whether it holds the lock or waits for it. Later calls do nothing.
func (l *Locks) Release(t *Ticket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.locks[t.name]
	at := slices.Index(queue, t)
	if at < 0 {
		return
	}
	queue = slices.Delete(queue, at, at+1)
	if len(queue) == 0 {
		delete(l.locks, t.name)
		return
	}
	l.locks[t.name] = queue
	if at == 0 {
		queue[0].granted()
	}
}
