package watch

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = time.Minute

// place is a folder to change files in, and a watcher of some of it.
type place struct {
	t    *testing.T
	dir  string
	w    *Watcher
	mark string   // a file elsewhere, for sync
	seen []string // received and not expected yet
}

// newPlace makes files (by slash path, each holding its own name; a path that ends in "/" is a folder) and watches the
// paths given, relative to the folder.
func newPlace(t *testing.T, files []string, watched ...string) *place {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, dir: dir, mark: filepath.Join(t.TempDir(), "mark")}
	for _, file := range files {
		p.write(file, file)
	}
	p.w = start(t, Options{})
	p.watch(watched...)
	return p
}

func start(t testing.TB, o Options) *Watcher {
	t.Helper()
	w, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

func (p *place) watch(names ...string) {
	p.t.Helper()
	if err := p.w.Watch(append(p.paths(names), p.mark)); err != nil {
		p.t.Fatalf("watch %v: %v", names, err)
	}
}

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// write makes a file as an editor that just writes does, with the folders above it; or a folder.
func (p *place) write(name, text string) {
	p.t.Helper()
	p.must(os.MkdirAll(filepath.Dir(p.path(name)), 0o755))
	if name[len(name)-1] == '/' {
		p.must(os.MkdirAll(p.path(name), 0o755))
		return
	}
	p.must(os.WriteFile(p.path(name), []byte(text), 0o644))
}

func (p *place) rename(from, to string) { p.t.Helper(); p.must(os.Rename(p.path(from), p.path(to))) }
func (p *place) remove(name string)     { p.t.Helper(); p.must(os.RemoveAll(p.path(name))) }

// link makes name a symbolic link to target, which is a path relative to the place.
func (p *place) link(target, name string) {
	p.t.Helper()
	if err := os.Symlink(p.path(target), p.path(name)); err != nil {
		p.t.Skipf("no symbolic links here: %v", err)
	}
}

// wait receives until all of paths were reported.
func (p *place) wait(paths ...string) {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		missing := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return slices.Contains(p.seen, path) })
		if len(missing) == 0 {
			return
		}
		select {
		case batch := <-p.w.Events():
			p.seen = append(p.seen, batch...)
		case <-deadline:
			p.t.Fatalf("not reported: %v; reported: %v", missing, p.seen)
		}
	}
}

// sync forgets all that was reported of changes made so far. The system reports in order, so when a change made now is
// reported, all before it were.
func (p *place) sync() {
	p.t.Helper()
	p.must(os.WriteFile(p.mark, []byte(time.Now().String()), 0o600))
	p.wait(p.mark)
	p.seen = nil
}

// expect waits until all of names were reported, and forgets what else was.
func (p *place) expect(names ...string) {
	p.t.Helper()
	p.wait(p.paths(names)...)
	p.sync()
}

// expectOnly changes the file name and waits for it; nothing else must have been reported since the last expect.
func (p *place) expectOnly(name string) {
	p.t.Helper()
	p.write(name, time.Now().String())
	p.wait(p.path(name))
	for _, path := range p.seen {
		if path != p.path(name) {
			p.t.Errorf("reported %s, which must not be", path)
		}
	}
	p.sync()
}

func (p *place) paths(names []string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = p.path(name)
	}
	return paths
}
