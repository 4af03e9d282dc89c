// Package watch tells which files changed, in debounced batches. It owns the question of how editors, shells and version
// control really save: rename over, truncate then write, swap files, folders deleted and made again, symbolic links, and
// folders that do not exist yet. Paths go in, changed paths come out; what a change means is the caller's business.
package watch

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Defaults of [Options].
const (
	defaultDebounce   = 8 * time.Millisecond
	defaultMaxDelay   = 60 * time.Millisecond
	defaultMaxFolders = 8192
)

// ErrClosed is what [Watcher.Watch] returns after [Watcher.Close].
var ErrClosed = errors.New("the file watcher is closed")

// Options configure a [Watcher]. The zero value is good for watching source code.
type Options struct {
	// Debounce is how long nothing must have changed before a batch is sent. Default 8 ms.
	Debounce time.Duration
	// MaxDelay is how long after its first change a batch is sent at the latest, however busy the files are. A file that is
	// found empty or gone, and was not, is also given this long to be written again. Default 60 ms.
	MaxDelay time.Duration
	// MaxFolders bounds the folders that are watched at once, counting a folder once for each path it is reached by.
	// Default 8192. What lies beyond is not watched, which is an error of Watch or, when it grows later, a warning in Log.
	MaxFolders int
	// Log gets what cannot be returned to anyone: warnings about folders that could not be watched. Default: none.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Debounce <= 0 {
		o.Debounce = defaultDebounce
	}
	if o.MaxDelay <= 0 {
		o.MaxDelay = defaultMaxDelay
	}
	o.MaxDelay = max(o.MaxDelay, o.Debounce)
	if o.MaxFolders <= 0 {
		o.MaxFolders = defaultMaxFolders
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Watcher watches a set of paths. All methods may be called from any goroutine. It runs two goroutines (and one of
// fsnotify), which Close ends and waits for.
type Watcher struct {
	notify   *fsnotify.Watcher
	requests chan request
	events   chan []string
	done     chan struct{} // closed: Close was called
	ended    chan struct{} // closed: the goroutines are gone
	err      error         // of ending; may be read when ended is closed
	close    sync.Once
}

// request asks the loop to watch other paths.
type request struct {
	paths []string   // clean, sorted, each once
	reply chan error // buffered, gets one value
}

// New starts a watcher that watches nothing yet. It fails when the system has no more watchers to give.
func New(o Options) (*Watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("start watching files: %w", err)
	}
	w := &Watcher{
		notify:   notify,
		requests: make(chan request),
		events:   make(chan []string),
		done:     make(chan struct{}),
		ended:    make(chan struct{}),
	}
	w.start(o.withDefaults())
	return w, nil
}

// start runs the two goroutines: one empties fsnotify without ever waiting, one thinks. The second ends first, so that
// nothing is asked of fsnotify after its end.
func (w *Watcher) start(o Options) {
	in := newInbox(maxInbox)
	l := newLoop(o, w, in)
	var collecting sync.WaitGroup
	collecting.Go(func() { in.collect(w.notify, o.Log) })
	go func() {
		l.run()
		w.err = w.notify.Close()
		collecting.Wait()
		close(w.events)
		close(w.ended)
	}()
}

// Watch replaces the set of watched paths. Each is absolute, and a folder or a file:
//
//   - A folder is watched with all below it, leaving out folders named node_modules and those whose name begins with a dot,
//     and the swap and backup files of editors. New folders are picked up with the files already in them.
//   - A file is watched through its folder, so it may be renamed over, removed and made again.
//   - A path that does not exist is reported once it does; till then its nearest existing parent is watched.
//   - Symbolic links, in the path or below it, are followed, and changes of the link and of its target are both reported,
//     always under the path that was asked for (made shorter by [filepath.Clean]).
//
// When Watch returns, every change made from then on is reported. What changed before in paths that were watched already is
// not lost; what changed before in new ones is not known. The error says which paths could not be watched (relative, or
// beyond a limit of the system or of Options); all others are.
func (w *Watcher) Watch(paths []string) error {
	clean := make([]string, 0, len(paths))
	for _, path := range paths {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("watch %q: the path is not absolute", path)
		}
		clean = append(clean, filepath.Clean(path))
	}
	slices.Sort(clean)
	r := request{paths: slices.Compact(clean), reply: make(chan error, 1)}
	select {
	case w.requests <- r:
		return <-r.reply
	case <-w.done:
		return ErrClosed
	}
}

// Events delivers batches: the absolute paths of files and folders that were made, changed or removed, sorted, each once.
// A path can be reported although its contents are as before. While nobody receives, batches are merged into one, which is
// bounded by the number of files watched, and nothing is lost. The channel is closed by Close.
func (w *Watcher) Events() <-chan []string { return w.events }

// Close stops watching and waits until the goroutines are gone. It may be called more than once.
func (w *Watcher) Close() error {
	w.close.Do(func() { close(w.done) })
	<-w.ended
	return w.err
}
