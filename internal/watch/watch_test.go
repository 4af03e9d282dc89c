package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// How editors save a file that exists. Each must be reported, and nothing else must be.
func TestSaves(t *testing.T) {
	saves := map[string]func(p *place){
		"write in place": func(p *place) { p.write("apps/a.js", "new") },
		"append": func(p *place) {
			f, err := os.OpenFile(p.path("apps/a.js"), os.O_APPEND|os.O_WRONLY, 0)
			p.must(err)
			_, err = f.WriteString("more")
			p.must(err)
			p.must(f.Close())
		},
		"truncate, then write": func(p *place) {
			p.must(os.Truncate(p.path("apps/a.js"), 0))
			p.write("apps/a.js", "new")
		},
		"rename over": func(p *place) {
			p.write("apps/a.js.tmp.123", "new")
			p.rename("apps/a.js.tmp.123", "apps/a.js")
		},
		"rename over from outside": func(p *place) {
			p.write("outside", "new")
			p.rename("outside", "apps/a.js")
		},
		"vim: probe, backup, write, remove backup": func(p *place) {
			p.write("apps/4913", "")
			p.remove("apps/4913")
			p.rename("apps/a.js", "apps/a.js~")
			p.write("apps/a.js", "new")
			p.remove("apps/a.js~")
		},
		"emacs: lock, backup by rename, unlock": func(p *place) {
			p.write("apps/.#a.js", "lock")
			p.rename("apps/a.js", "apps/a.js~")
			p.write("apps/a.js", "new")
			p.remove("apps/.#a.js")
		},
		"JetBrains: safe write": func(p *place) {
			p.write("apps/a.js___jb_tmp___", "new")
			p.rename("apps/a.js", "apps/a.js___jb_old___")
			p.rename("apps/a.js___jb_tmp___", "apps/a.js")
			p.remove("apps/a.js___jb_old___")
		},
		"remove, then write": func(p *place) {
			p.remove("apps/a.js")
			p.write("apps/a.js", "new")
		},
		"touch": func(p *place) {
			p.must(os.Chtimes(p.path("apps/a.js"), time.Time{}, time.Unix(1e9, 0)))
		},
	}
	for name, save := range saves {
		for _, watched := range []string{"apps", "apps/a.js"} {
			t.Run(name+", watching "+watched, func(t *testing.T) {
				p := newPlace(t, []string{"apps/a.js"}, watched)
				for range 3 { // the watch must survive the save
					save(p)
					p.expect("apps/a.js")
				}
				p.expectOnly("apps/a.js")
			})
		}
	}
}

func TestRemovedFile(t *testing.T) {
	p := newPlace(t, []string{"apps/a.js", "apps/b.js"}, "apps")
	p.remove("apps/a.js")
	p.expect("apps/a.js")
	p.expectOnly("apps/b.js")
}

// What editors and tools leave lying about is not a change.
func TestIgnored(t *testing.T) {
	p := newPlace(t, []string{"apps/a.js", "apps/node_modules/m/index.js", "apps/.git/HEAD"}, "apps")
	for _, name := range []string{"apps/.a.js.swp", "apps/.a.js.swo", "apps/a.js~", "apps/4913", "apps/#a.js#", "apps/.#a.js",
		"apps/node_modules/m/index.js", "apps/node_modules/n/index.js", "apps/.git/HEAD", "apps/.cache/x"} {
		p.write(name, "x")
	}
	p.expectOnly("apps/a.js")
}

// A file that comes and goes at once was never there.
func TestPassingFile(t *testing.T) {
	p := newPlace(t, []string{"apps/a.js"}, "apps")
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); p.sync() {
		began := time.Now()
		p.write("apps/sedXyz", "x")
		p.remove("apps/sedXyz")
		if time.Since(began) < defaultDebounce { // else it was there for a while
			p.expectOnly("apps/a.js")
			return
		}
	}
	t.Fatal("the machine is too slow to do it at once")
}

func TestSingleFileLeavesSiblingsAlone(t *testing.T) {
	p := newPlace(t, []string{"lib/a.js", "lib/b.js", "lib/.env", "lib/node_modules/m/index.js"},
		"lib/a.js", "lib/.env", "lib/node_modules/m/index.js")
	p.write("lib/b.js", "new")
	p.write("lib/c.js", "new")
	p.expectOnly("lib/a.js")
	p.expectOnly("lib/.env")
	p.expectOnly("lib/node_modules/m/index.js")
}

func TestNewFolders(t *testing.T) {
	p := newPlace(t, []string{"apps/a.js"}, "apps")
	p.write("apps/x/y/z/deep.js", "x")
	p.expect("apps/x", "apps/x/y/z/deep.js")
	p.write("apps/x/y/z/deep.js", "again")
	p.expect("apps/x/y/z/deep.js")
	p.write("apps/x/y/more.js", "x")
	p.expect("apps/x/y/more.js")
}

func TestFolderDeletedAndRecreated(t *testing.T) {
	p := newPlace(t, []string{"apps/chat/main.js", "apps/chat/lib/util.js"}, "apps")
	for range 3 {
		p.remove("apps/chat")
		p.expect("apps/chat", "apps/chat/main.js", "apps/chat/lib/util.js")
		p.write("apps/chat/main.js", "back")
		p.write("apps/chat/lib/util.js", "back")
		p.expect("apps/chat/main.js", "apps/chat/lib/util.js")
	}
	for range 20 { // too fast to be seen as two things
		p.remove("apps/chat")
		p.write("apps/chat/main.js", "back")
		p.write("apps/chat/lib/util.js", "back")
	}
	p.expect("apps/chat/main.js", "apps/chat/lib/util.js")
	p.write("apps/chat/lib/util.js", "last")
	p.expect("apps/chat/lib/util.js")
}

func TestRootDeletedAndRecreated(t *testing.T) {
	p := newPlace(t, []string{"site/apps/a.js"}, "site/apps")
	for range 3 {
		p.remove("site")
		p.expect("site/apps", "site/apps/a.js")
		p.write("site/apps/a.js", "back")
		p.expect("site/apps", "site/apps/a.js")
		p.write("site/apps/a.js", "again")
		p.expect("site/apps/a.js")
	}
}

// The system goes on to report a folder that was moved under its old name; we must not.
func TestRenamedFolder(t *testing.T) {
	p := newPlace(t, []string{"apps/old/sub/a.js", "apps/b.js"}, "apps")
	p.rename("apps/old", "apps/new")
	p.expect("apps/old/sub/a.js", "apps/new/sub/a.js")
	p.expectOnly("apps/new/sub/a.js")
	p.rename("apps/new", "away")
	p.expect("apps/new", "apps/new/sub/a.js")
	p.write("away/sub/a.js", "unseen")
	p.expectOnly("apps/b.js")
	p.rename("away", "apps/back")
	p.expect("apps/back/sub/a.js")
	p.expectOnly("apps/back/sub/a.js")
}

func TestSwappedFolders(t *testing.T) {
	p := newPlace(t, []string{"apps/blue/sub/a.js", "apps/green/sub/a.js"}, "apps")
	p.rename("apps/blue", "apps/tmp")
	p.rename("apps/green", "apps/blue")
	p.rename("apps/tmp", "apps/green")
	p.expect("apps/blue/sub/a.js", "apps/green/sub/a.js")
	p.expectOnly("apps/blue/sub/a.js")
	p.expectOnly("apps/green/sub/a.js")
}

func TestFileBecomesFolder(t *testing.T) {
	p := newPlace(t, []string{"apps/chat"}, "apps")
	p.remove("apps/chat")
	p.write("apps/chat/main.js", "x")
	p.expect("apps/chat", "apps/chat/main.js")
	p.remove("apps/chat")
	p.write("apps/chat", "x")
	p.expect("apps/chat", "apps/chat/main.js")
	p.expectOnly("apps/chat")
}

func TestFolderThatDoesNotExistYet(t *testing.T) {
	p := newPlace(t, nil, "some/where/apps", "some/file.js")
	p.write("some/else/x.js", "x") // on the way, but not there
	p.write("some/file.js", "x")
	p.expect("some/file.js")
	p.write("some/where/apps/a.js", "x")
	p.expect("some/where/apps", "some/where/apps/a.js")
	p.expectOnly("some/where/apps/a.js")
}

// 100 changes in a second give few batches, and the last change is never lost.
func TestManyChanges(t *testing.T) {
	p := newPlace(t, []string{"apps/a.js"}, "apps")
	ticks := time.NewTicker(3 * time.Millisecond)
	defer ticks.Stop()
	began, batches := time.Now(), 0
	for written := 0; written < 100; {
		select {
		case <-ticks.C:
			written++
			p.write("apps/a.js", strings.Repeat("x", written))
		case <-p.w.Events():
			batches++
		}
	}
	most := int(time.Since(began)/defaultDebounce) + 1 // less than half of them, unless the machine takes its time
	p.write("apps/last.js", "x")
	p.expect("apps/last.js")
	if batches > most {
		t.Errorf("100 changes gave %d batches, more than %d", batches, most)
	}
}

// A reader that does not read gets all of it at once later.
func TestSlowReader(t *testing.T) {
	p := newPlace(t, []string{"apps/"}, "apps")
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("apps/dir%d/f.js", i%10)+fmt.Sprint(i))
		p.write(names[i], "x")
	}
	p.expect(names...)
}

func TestWatchReplaces(t *testing.T) {
	p := newPlace(t, []string{"a/x.js", "b/x.js", "c/x.js"}, "a", "b")
	p.watch("b", "c")
	p.write("a/x.js", "unseen")
	p.expectOnly("c/x.js")
	p.expectOnly("b/x.js")
	p.watch()
	p.write("b/x.js", "unseen")
	p.watch("c")
	p.expectOnly("c/x.js")
}

// A change that was not told yet survives a change of what is watched.
func TestWatchKeepsWhatChanged(t *testing.T) {
	p := newPlace(t, []string{"a/x.js", "b/x.js"}, "a")
	for i := range 20 {
		p.write("a/x.js", strings.Repeat("x", i+1))
		p.watch("a", []string{"a/x.js", "b"}[i%2])
		p.expect("a/x.js")
	}
}

func TestWatchErrors(t *testing.T) {
	w := start(t, Options{MaxFolders: 3})
	if err := w.Watch([]string{"apps"}); err == nil || !strings.Contains(err.Error(), "not absolute") {
		t.Errorf("relative path: %v", err)
	}
	dir := t.TempDir()
	for i := range 5 {
		if err := os.Mkdir(filepath.Join(dir, fmt.Sprint(i)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Watch([]string{dir}); err == nil || !strings.Contains(err.Error(), "more than 3 folders") {
		t.Errorf("too many folders: %v", err)
	}
}

func TestClose(t *testing.T) {
	w := start(t, Options{})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("a second close: %v", err)
	}
	if err := w.Watch([]string{t.TempDir()}); !errors.Is(err, ErrClosed) {
		t.Errorf("watch after close: %v", err)
	}
	if batch, ok := <-w.Events(); ok {
		t.Errorf("events after close: %v", batch)
	}
}
