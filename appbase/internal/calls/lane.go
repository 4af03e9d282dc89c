package calls

import "sync"

// Lane does jobs in the order in which they were added, on one goroutine at a time, as many together as are waiting: the
// writes of all who wait share one commit. Any goroutine may use it.
type Lane[T any] struct {
	pool  *Pool
	most  int
	do    func([]T)
	mu    sync.Mutex
	queue []T
	busy  bool
}

// NewLane makes a lane whose jobs are done by do, at most most of them at once.
func NewLane[T any](pool *Pool, most int, do func([]T)) *Lane[T] {
	return &Lane[T]{pool: pool, most: most, do: do}
}

// Add adds a job. It is refused when 1,024 are waiting, and when the pool is closed.
func (l *Lane[T]) Add(job T) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) >= maxWaiting {
		return &Busy{len(l.queue)}
	}
	if !l.busy {
		if err := l.pool.Start(l.run); err != nil {
			return err
		}
		l.busy = true
	}
	l.queue = append(l.queue, job)
	return nil
}

func (l *Lane[T]) run() {
	for batch := l.take(); batch != nil; batch = l.take() {
		l.do(batch)
	}
}

func (l *Lane[T]) take() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.busy, l.queue = false, nil
		return nil
	}
	n := min(l.most, len(l.queue))
	batch := l.queue[:n:n]
	l.queue = l.queue[n:]
	return batch
}
