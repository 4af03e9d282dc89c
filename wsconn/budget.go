package wsconn

import "sync/atomic"

// partialFree is what a message that is arriving may hold without a place in the
// budget, so that everyday messages arrive while others have used it up.
const partialFree = 4 << 10

// Budget bounds the memory for messages that have arrived in part, over all
// loops that share it. A connection whose message would go beyond it is closed
// with 1013. The first 4 KiB of every message are free, and what is announced
// takes nothing before it arrives. It may be used from any goroutine; a nil
// Budget has no bound.
type Budget struct {
	max  int64
	used atomic.Int64
}

// NewBudget makes a budget of so many bytes.
func NewBudget(bytes int64) *Budget { return &Budget{max: bytes} }

// Used returns the bytes that are taken.
func (b *Budget) Used() int64 {
	if b == nil {
		return 0
	}
	return b.used.Load()
}

// take takes n bytes, if there are as many left.
func (b *Budget) take(n int) bool {
	if b == nil {
		return true
	}
	if b.used.Add(int64(n)) > b.max {
		b.used.Add(int64(-n))
		return false
	}
	return true
}

// give gives n bytes back.
func (b *Budget) give(n int) {
	if b != nil && n > 0 {
		b.used.Add(int64(-n))
	}
}
