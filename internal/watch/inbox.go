package watch

import (
	"errors"
	"log/slog"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// maxInbox bounds the distinct paths kept between two looks of the loop. Beyond it everything counts as changed.
const maxInbox = 16384

// inbox keeps what the system reported until the loop takes it, merged by path. fsnotify must never wait for the loop,
// which calls into fsnotify itself.
type inbox struct {
	signal chan struct{} // one element: there is something to take
	limit  int

	mu       sync.Mutex
	raw      map[string]fsnotify.Op // guarded by mu
	overflow bool                   // guarded by mu; reports were lost
}

func newInbox(limit int) *inbox {
	return &inbox{signal: make(chan struct{}, 1), limit: limit, raw: map[string]fsnotify.Op{}}
}

// collect runs until notify is closed.
func (b *inbox) collect(notify *fsnotify.Watcher, log *slog.Logger) {
	events, errs := notify.Events, notify.Errors
	for events != nil || errs != nil {
		select {
		case event, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			b.add(event.Name, event.Op)
		case err, ok := <-errs:
			if !ok {
				errs = nil
				continue
			}
			b.fail(err, log)
		}
	}
}

// add merges one report.
func (b *inbox) add(path string, op fsnotify.Op) {
	if path == "" {
		return
	}
	b.mu.Lock()
	b.raw[path] |= op
	if len(b.raw) > b.limit {
		b.lose()
	}
	b.mu.Unlock()
	b.wake()
}

// fail notes that the system lost reports, or logs what else is wrong.
func (b *inbox) fail(err error, log *slog.Logger) {
	if !errors.Is(err, fsnotify.ErrEventOverflow) {
		log.Warn("watching files", "error", err)
		return
	}
	b.mu.Lock()
	b.lose()
	b.mu.Unlock()
	b.wake()
}

// lose gives up on single paths. mu is held.
func (b *inbox) lose() {
	b.overflow = true
	clear(b.raw)
}

func (b *inbox) wake() {
	select {
	case b.signal <- struct{}{}:
	default:
	}
}

// take empties the inbox; the map is the caller's.
func (b *inbox) take() (raw map[string]fsnotify.Op, overflow bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	raw, overflow = b.raw, b.overflow
	b.raw, b.overflow = map[string]fsnotify.Op{}, false
	return raw, overflow
}
