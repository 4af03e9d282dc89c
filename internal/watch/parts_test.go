package watch

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestSkipFile(t *testing.T) {
	for name, want := range map[string]bool{
		".a.js.swp": true, ".a.swo": true, ".x.swx": true, "a~": true, "4913": true, "#a#": true, ".#a": true,
		"a.js": false, "#a": false, "#": false, ".swp": false, ".env": false, "swp": false, "a.swp": false, "49134": false, "a#": false,
		".DS_Store": true, "a.js___jb_tmp___": true, ".goutputstream-ABC": true,
	} {
		if got := skipFile(name); got != want {
			t.Errorf("skipFile(%q) = %v", name, got)
		}
	}
}

// When the system lost reports, everything counts as changed.
func TestOverflow(t *testing.T) {
	p := newPlace(t, []string{"apps/a.js", "apps/x/b.js"})
	in := newInbox(2)
	l := newLoop(Options{}.withDefaults(), p.w, in)
	if err := l.watch([]string{p.path("apps")}); err != nil {
		t.Fatal(err)
	}
	in.fail(fsnotify.ErrEventOverflow, slog.New(slog.DiscardHandler))
	<-in.signal
	l.gather()
	l.flush()
	want := []string{p.path("apps"), p.path("apps/a.js"), p.path("apps/x"), p.path("apps/x/b.js")}
	if got := l.out.batch(); !slices.Equal(got, want) {
		t.Errorf("reported %v, want %v", got, want)
	}
}

// The inbox is bounded: beyond its limit it only knows that it lost something.
func TestInboxLimit(t *testing.T) {
	in := newInbox(2)
	for _, path := range []string{"", "a", "b", "a"} {
		in.add(path, fsnotify.Write)
	}
	in.add("a", fsnotify.Chmod)
	raw, overflow := in.take()
	if len(raw) != 2 || overflow || raw["a"] != fsnotify.Write|fsnotify.Chmod {
		t.Errorf("took %v, %v", raw, overflow)
	}
	for _, path := range []string{"a", "b", "c"} {
		in.add(path, fsnotify.Write)
	}
	if raw, overflow := in.take(); len(raw) != 0 || !overflow {
		t.Errorf("took %v, %v", raw, overflow)
	}
	if raw, overflow := in.take(); len(raw) != 0 || overflow {
		t.Errorf("took %v, %v after it was emptied", raw, overflow)
	}
}

func TestOutboxMerges(t *testing.T) {
	var o outbox
	if o.batch() != nil {
		t.Errorf("an empty outbox has %v", o.batch())
	}
	o.add("b")
	o.batch()
	o.add("a")
	o.add("b")
	if got := o.batch(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("batch %v", got)
	}
}

// A checkout moves many files; each of them must be reported, and what comes after it too.
func TestGitCheckout(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	p := newPlace(t, nil)
	p.git("init", "-q", "-b", "one")
	var one, two []string
	for i := range 60 {
		dir := string(rune('a'+i%6)) + "/"
		one = append(one, "apps/old/"+dir+strings.Repeat("x", i+1)+".js")
		two = append(two, "apps/new/"+dir+strings.Repeat("x", i+1)+".js")
	}
	p.commit(nil, one)
	p.git("checkout", "-q", "-b", "two")
	p.commit(one, two)
	p.watch("apps")
	for range 3 {
		p.git("checkout", "-q", "one")
		p.expect(append(one, two...)...)
		p.git("checkout", "-q", "two")
		p.expect(append(one, two...)...)
	}
	p.expectOnly(two[0])
}

func (p *place) git(args ...string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org"}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (p *place) commit(removed, added []string) {
	p.t.Helper()
	for _, name := range removed {
		p.remove(name)
	}
	for _, name := range added {
		p.write(name, name)
	}
	p.git("add", "-A")
	p.git("commit", "-q", "-m", "files")
}

// BenchmarkSave is the time from the start of a save to its report; nearly all of it is the debounce.
func BenchmarkSave(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.js")
	w := start(b, Options{})
	if err := w.Watch([]string{filepath.Dir(path)}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := os.WriteFile(path, []byte(time.Now().String()), 0o644); err != nil {
			b.Fatal(err)
		}
		<-w.Events()
	}
}

// BenchmarkScan looks at 100 folders of 10 files.
func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		sub := filepath.Join(dir, strings.Repeat("d", i/10+1))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sub, strings.Repeat("f", i%10+1)), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := scan([]string{dir}, defaultMaxFolders, func(string) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
