package broker

import "time"

// window remembers idempotency keys for a while. It is guarded by Broker.mu.
type window struct {
	max   int
	ttl   time.Duration
	first map[windowKey]Position
	queue []remembered // oldest first; all have the same time to live
}

type windowKey struct{ topic, key string }

type remembered struct {
	windowKey
	at time.Time
}

func newWindow(max int, ttl time.Duration) *window {
	return &window{max: max, ttl: ttl, first: map[windowKey]Position{}}
}

// seen returns the position of the publication that had the key before.
func (w *window) seen(topic, key string, now time.Time) (Position, bool) {
	w.forget(now)
	at, seen := w.first[windowKey{topic, key}]
	return at, seen
}

func (w *window) add(topic, key string, at Position, now time.Time) {
	if len(w.queue) >= w.max {
		w.drop(1)
	}
	k := windowKey{topic, key}
	w.first[k] = at
	w.queue = append(w.queue, remembered{k, now})
}

// forget drops what is too old.
func (w *window) forget(now time.Time) {
	n := 0
	for n < len(w.queue) && now.Sub(w.queue[n].at) > w.ttl {
		n++
	}
	w.drop(n)
}

func (w *window) drop(n int) {
	for i := range n {
		delete(w.first, w.queue[i].windowKey)
		w.queue[i] = remembered{}
	}
	w.queue = w.queue[n:]
}
