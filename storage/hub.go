package storage

import (
	"strings"
	"sync"
)

// hub hands changes to those who watch.
type hub struct {
	mu       sync.Mutex
	watchers map[*watcher]struct{}
}

type watcher struct {
	prefix string
	fn     func(Change)
}

// Watch implements [KV].
func (h *hub) watch(prefix string, fn func(Change)) (stop func()) {
	w := &watcher{prefix, fn}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers == nil {
		h.watchers = map[*watcher]struct{}{}
	}
	h.watchers[w] = struct{}{}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.watchers, w)
	}
}

// publish calls those who watch, one change after the other.
func (h *hub) publish(changes []Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.watchers) == 0 {
		return
	}
	for _, c := range changes {
		for w := range h.watchers {
			if strings.HasPrefix(c.Key, w.prefix) {
				w.fn(c)
			}
		}
	}
}
