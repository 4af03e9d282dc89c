package watch

import (
	"errors"
	"maps"
	"os"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// loop is the goroutine that knows what is watched and what to tell. Reports of the system gather in touched until the
// debouncer says that the burst is over; then each is compared with the tree, and the tree is built anew if its shape may
// have changed: what differs between the old and the new one was changed too.
type loop struct {
	options  Options
	notify   *fsnotify.Watcher
	inbox    *inbox
	requests <-chan request
	events   chan<- []string
	done     <-chan struct{}

	roots    []string
	tree     *tree
	touched  map[string]fsnotify.Op // real paths that concern us, of this burst
	overflow bool                   // the system lost reports in this burst
	debounce *debouncer
	out      outbox
	trouble  string // what could not be watched at the last look
}

func newLoop(o Options, w *Watcher, in *inbox) *loop {
	return &loop{
		options:  o,
		notify:   w.notify,
		inbox:    in,
		requests: w.requests,
		events:   w.events,
		done:     w.done,
		tree:     newTree(),
		touched:  map[string]fsnotify.Op{},
		debounce: newDebouncer(o.Debounce, o.MaxDelay),
	}
}

func (l *loop) run() {
	defer l.debounce.reset()
	for {
		batch := l.out.batch()
		events := l.events
		if batch == nil {
			events = nil // nothing to send: never ready
		}
		select {
		case <-l.done:
			return
		case r := <-l.requests:
			r.reply <- l.watch(r.paths)
		case <-l.inbox.signal:
			l.gather()
		case <-l.debounce.over():
			if !l.settling() {
				l.flush()
			}
		case events <- batch:
			l.out = outbox{}
		}
	}
}

// gather takes what the system reported; what does not concern us does not count as a change.
func (l *loop) gather() {
	raw, overflow := l.inbox.take()
	changed := overflow
	l.overflow = l.overflow || overflow
	for path, op := range raw {
		if !l.tree.hit(path).none() {
			l.touched[path] |= op
			changed = true
		}
	}
	if changed {
		l.debounce.touch()
	}
}

// settling says whether the burst is to last longer because a file or folder that was there is now gone or empty, as in
// the middle of a save.
func (l *loop) settling() bool {
	if l.overflow {
		return false
	}
	for path := range l.touched {
		for logical := range l.tree.hit(path).files {
			if l.midway(logical) {
				return l.debounce.extend()
			}
		}
	}
	return false
}

func (l *loop) midway(logical string) bool {
	before, known := l.tree.nodes[logical]
	if !known {
		return false
	}
	now, err := os.Stat(logical)
	return err != nil || now.Size() == 0 && before.info.Size() > 0
}

// flush ends the burst: all that changed goes to the outbox.
func (l *loop) flush() {
	l.debounce.reset()
	shape := l.overflow
	for path, op := range l.touched {
		h := l.tree.hit(path)
		shape = shape || h.shape
		for logical := range h.files {
			l.changed(logical, op)
		}
	}
	if shape {
		l.rescan()
	}
	if l.overflow {
		l.everything()
	}
	l.touched, l.overflow = map[string]fsnotify.Op{}, false
}

// changed looks at a file that was reported. One that came and went within the burst, and one whose attributes were
// reported but are as before, did not change.
func (l *loop) changed(logical string, op fsnotify.Op) {
	before, known := l.tree.nodes[logical]
	now, err := os.Stat(logical)
	switch {
	case err != nil && !known:
		return
	case err != nil:
		delete(l.tree.nodes, logical)
	case known && op == fsnotify.Chmod && same(before.info, now):
		return
	default:
		l.tree.nodes[logical] = node{info: now, link: before.link}
	}
	l.out.add(logical)
}

// everything reports all that is watched.
func (l *loop) everything() {
	for _, root := range l.roots {
		l.out.add(root)
	}
	for logical := range l.tree.nodes {
		l.out.add(logical)
	}
}

// rescan builds the tree anew and reports the differences.
func (l *loop) rescan() {
	before := l.tree
	err := l.build()
	before.diff(l.tree, l.out.add)
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text != l.trouble && text != "" {
		l.options.Log.Warn("watching files", "error", err)
	}
	l.trouble = text
}

// watch replaces the roots. What is known to have changed under the old ones is reported first.
func (l *loop) watch(paths []string) error {
	if slices.Equal(paths, l.roots) && l.trouble == "" {
		return nil
	}
	l.gather()
	if len(l.touched) > 0 || l.overflow {
		l.flush()
	}
	before := l.tree
	l.roots = paths
	err := l.build()
	before.diff(l.tree, func(path string) {
		_, was := before.nodes[path]
		_, is := l.tree.nodes[path]
		if was && is {
			l.out.add(path)
		}
	})
	l.trouble = ""
	if err != nil {
		l.trouble = err.Error()
	}
	return err
}

// build makes a new tree of the roots and has the system watch the folders of it, and no others.
func (l *loop) build() error {
	l.forget(func(dir string, f *folder) bool {
		info, err := os.Lstat(dir)
		return err != nil || !os.SameFile(info, f.info)
	})
	next, err := scan(l.roots, l.options.MaxFolders, l.notify.Add)
	l.forget(func(dir string, _ *folder) bool { return next.folders[dir] == nil })
	l.tree = next
	return err
}

// forget stops the system's watch of some folders. A folder that is not where it was must be forgotten before others are
// looked at: moved elsewhere, the system would go on to report it under its old name.
func (l *loop) forget(which func(dir string, f *folder) bool) {
	for dir, f := range l.tree.folders {
		if !which(dir, f) {
			continue
		}
		if err := l.notify.Remove(dir); err != nil && !errors.Is(err, fsnotify.ErrNonExistentWatch) {
			l.options.Log.Debug("stopped watching a folder that is gone", "path", dir, "error", err)
		}
		delete(l.tree.folders, dir)
	}
}

// outbox is what the reader has not taken yet.
type outbox struct {
	paths  map[string]bool
	sorted []string // of paths, when they have not changed since
}

func (o *outbox) add(path string) {
	if o.paths == nil {
		o.paths = map[string]bool{}
	}
	if !o.paths[path] {
		o.paths[path] = true
		o.sorted = nil
	}
}

// batch is all of it, sorted; nil when there is nothing.
func (o *outbox) batch() []string {
	if o.sorted == nil && len(o.paths) > 0 {
		o.sorted = slices.Sorted(maps.Keys(o.paths))
	}
	return o.sorted
}
