package watch

import (
	"os"
	"testing"
)

func TestLinkedFile(t *testing.T) {
	p := newPlace(t, []string{"lib/real.js", "lib/other.js", "apps/b.js"})
	p.link("lib/real.js", "apps/a.js")
	p.watch("apps", "apps/a.js")
	p.write("lib/real.js", "new")
	p.expect("apps/a.js")
	p.write("lib/tmp", "new")
	p.rename("lib/tmp", "lib/real.js")
	p.expect("apps/a.js")
	p.write("lib/other.js", "no one asked for it")
	p.expectOnly("apps/b.js")

	p.remove("apps/a.js")
	p.link("lib/other.js", "apps/a.js")
	p.expect("apps/a.js")
	p.write("lib/other.js", "now it matters")
	p.expect("apps/a.js")
	p.write("lib/real.js", "no more")
	p.expectOnly("apps/b.js")
}

// A link that is replaced by a file of its own.
func TestLinkBecomesFile(t *testing.T) {
	p := newPlace(t, []string{"lib/real.js", "apps/b.js"})
	p.link("lib/real.js", "apps/a.js")
	p.watch("apps")
	p.write("apps/tmp", "x")
	p.rename("apps/tmp", "apps/a.js")
	p.expect("apps/a.js")
	p.write("lib/real.js", "no more")
	p.expectOnly("apps/a.js")
}

func TestLinkedFolder(t *testing.T) {
	p := newPlace(t, []string{"shared/lib/x.js", "apps/b.js"})
	p.link("shared", "apps/shared")
	p.watch("apps")
	p.write("shared/lib/x.js", "new")
	p.expect("apps/shared/lib/x.js")
	p.write("shared/new/y.js", "new")
	p.expect("apps/shared/new/y.js")
	p.remove("shared")
	p.expect("apps/shared", "apps/shared/lib/x.js", "apps/shared/new/y.js")
	p.write("shared/lib/x.js", "back")
	p.expect("apps/shared", "apps/shared/lib/x.js")
	p.write("shared/lib/x.js", "again")
	p.expect("apps/shared/lib/x.js")
}

// A deployment that turns a link over to the next release: also the watched folder itself is behind it.
func TestTurnedLink(t *testing.T) {
	p := newPlace(t, []string{"v1/apps/a.js", "v2/apps/a.js", "v2/apps/new.js"})
	p.link("v1", "current")
	p.watch("current/apps", "current/apps/a.js")
	p.write("v1/apps/a.js", "new")
	p.expect("current/apps/a.js")
	p.link("v2", "next")
	p.rename("next", "current")
	p.expect("current/apps/a.js", "current/apps/new.js")
	p.write("v2/apps/a.js", "new")
	p.expect("current/apps/a.js")
	p.write("v1/apps/a.js", "old")
	p.expectOnly("current/apps/new.js")
}

// A link to what does not exist yet.
func TestDanglingLink(t *testing.T) {
	p := newPlace(t, []string{"apps/b.js"})
	p.link("later/on/x.js", "apps/a.js")
	p.watch("apps")
	p.write("later/on/x.js", "x")
	p.expect("apps/a.js")
	p.expectOnly("apps/b.js")
	p.remove("later")
	p.expect("apps/a.js")
	p.write("later/on/x.js", "x")
	p.expect("apps/a.js")
}

// A relative link with ".." behind another link means the parent of where that link leads.
func TestRelativeLinks(t *testing.T) {
	p := newPlace(t, []string{"deep/er/inner/x.js", "deep/er/y.js", "apps/b.js"})
	p.link("deep/er/inner", "inner")
	p.must(os.Symlink("../inner/../y.js", p.path("apps/a.js")))
	p.watch("apps")
	p.write("deep/er/y.js", "new")
	p.expect("apps/a.js")
}

func TestLinkCycles(t *testing.T) {
	p := newPlace(t, []string{"apps/x/a.js", "apps/y/a.js"})
	p.link("apps", "apps/x/up")
	p.link("apps/x", "apps/y/over")
	p.link("apps/loop", "apps/loop")
	p.watch("apps", "apps/loop/a.js")
	p.write("apps/x/a.js", "new")
	p.expect("apps/x/a.js", "apps/y/over/a.js")
}
