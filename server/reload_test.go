package server

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/scripting"
)

// version is an app that says which version it is.
func version(v string) string {
	return `
import { suffix } from "../_shared.js";
export default class V extends AppBase {
  @Websocket talk(ws) { ws.send("` + v + `" + suffix + (ws.reattached ? " again" : "")); ws.onMessage((text) => ws.send("` + v + `:" + text)); }
  @OnStop bye(reason) { this.log.info("bye", reason); }
}`
}

const plainShared = `export const suffix = "";`

func TestReload(t *testing.T) {
	s := startSite(t, files{"v/main.js": version("one"), "_shared.js": plainShared})
	await(t, s.changes.watched, "the folder to be watched")
	c := s.dial("/v/talk")
	c.want("one")

	s.save(files{"v/main.js": version("two")})
	if i := s.next(); i.Name != "v" || i.Generation != 2 || i.Err != nil || i.Connections != 1 {
		t.Errorf("loaded %+v", i)
	}
	c.want("two again")
	c.send(opText, "x")
	c.want("two:x")

	// a file that the app imports from elsewhere
	s.save(files{"_shared.js": `export const suffix = "!";`})
	if i := s.next(); i.Generation != 3 {
		t.Errorf("loaded %+v", i)
	}
	c.want("two! again")
	c.leave()
}

// What does not change the sources is no new generation.
func TestReloadSameHash(t *testing.T) {
	s := startSite(t, files{"v/main.js": version("one"), "_shared.js": plainShared, "other.js": version("x")})
	s.save(files{"v/main.js": version("one"), "v/notes.txt": "x", "v/public/x.txt": "y"})
	s.save(files{"v/main.js": version("two")})
	if i := s.next(); i.Name != "v" || i.Generation != 2 {
		t.Errorf("loaded %+v", i)
	}
}

func TestReloadBroken(t *testing.T) {
	s := startSite(t, files{"v/main.js": version("one"), "_shared.js": plainShared})
	c := s.dial("/v/talk")
	c.want("one")
	for _, broken := range []string{"export default class {", version("two") + "\nthrow new Error('at load');"} {
		s.save(files{"v/main.js": broken})
		s.log.wait(t, "the new code cannot be loaded")
		c.send(opText, "still")
		c.want("one:still")
	}
	s.log.wait(t, "at load")
	i := s.server.Apps()[0]
	var script *scripting.Error
	if i.Generation != 1 || !errors.As(i.Err, &script) || script.Line != 7 || !strings.Contains(script.Detail(), "throw new Error") {
		t.Errorf("got %+v", i)
	}
	// back to what serves: nothing is loaded, and nothing is wrong any more
	s.save(files{"v/main.js": version("one")})
	s.log.wait(t, "again what serves already")
	if i := s.server.Apps()[0]; i.Generation != 1 || i.Err != nil {
		t.Errorf("got %+v", i)
	}
	// a mistake is mended by a change elsewhere
	s.save(files{"_shared.js": "export const nothing = 1;"})
	s.log.wait(t, "suffix")
	s.save(files{"_shared.js": plainShared + "// mended"})
	if i := s.next(); i.Generation != 2 || i.Err != nil {
		t.Errorf("got %+v", i)
	}
	c.want("one again")
	c.leave()
}

func TestAppsComeAndGo(t *testing.T) {
	s := startSite(t, files{"_shared.js": plainShared})
	if res, _ := s.do("GET", "/v/", ""); res.StatusCode != 404 {
		t.Fatalf("got %s", res.Status)
	}
	s.save(files{"v/main.js": version("one")})
	if i := s.next(); i.Name != "v" || i.Generation != 1 {
		t.Errorf("loaded %+v", i)
	}
	c := s.dial("/v/talk")
	c.want("one")
	if err := os.RemoveAll(filepath.Join(s.dir, "v")); err != nil {
		t.Fatal(err)
	}
	s.changed(filepath.Join(s.dir, "v"))
	c.wantEnd("1001 app removed")
	s.log.wait(t, "bye removed")
	s.handshake("/v/talk").wantEnd("1008 no app v")

	// the same name again, now as a file
	s.save(files{"v.js": strings.ReplaceAll(version("file"), "../_shared", "./_shared")})
	if i := s.next(); i.Generation != 1 {
		t.Errorf("loaded %+v", i)
	}
	c = s.dial("/v/talk")
	c.want("file")
	c.leave()
}

// Version control deletes a folder and writes it anew: its connections stay, and the new code takes them over.
func TestFilesThatComeBackKeepConnections(t *testing.T) {
	s := startSite(t, files{"v/main.js": version("one"), "_shared.js": plainShared}, func(o *Options) { o.absence = time.Hour })
	c := s.dial("/v/talk")
	c.want("one")
	if err := os.RemoveAll(filepath.Join(s.dir, "v")); err != nil {
		t.Fatal(err)
	}
	s.changed(filepath.Join(s.dir, "v"))
	c.send(opText, "still")
	c.want("one:still")
	s.save(files{"v/main.js": version("two")})
	if i := s.next(); i.Generation != 2 {
		t.Errorf("loaded %+v", i)
	}
	c.want("two again")
	c.leave()
}

// An app of which another entry file counts now is built from that one.
func TestEntryMoves(t *testing.T) {
	s := startSite(t, files{"v/index.js": version("index"), "_shared.js": plainShared})
	s.save(files{"v/main.js": version("main")})
	if i := s.next(); i.Generation != 2 || filepath.Base(i.Entry) != "main.js" {
		t.Errorf("loaded %+v", i)
	}
}

// Files outside the apps folder are watched when an app is built from them, and what changed in them before that is not
// missed.
func TestWatchOutside(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "lib.js")
	if err := os.WriteFile(outside, []byte(plainShared), 0o644); err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel("/", outside)
	if err != nil {
		t.Fatal(err)
	}
	s := startSite(t, files{"v/main.js": strings.ReplaceAll(version("one"), "../_shared.js", "/"+filepath.ToSlash(relative))})
	if first := await(t, s.changes.watched, "the folder to be watched"); !slices.Equal(first, []string{s.dir}) {
		t.Errorf("watched %q first", first)
	}
	if then := await(t, s.changes.watched, "the file to be watched"); !slices.Contains(then, outside) {
		t.Errorf("watched %q then", then)
	}
	if err := os.WriteFile(outside, []byte(`export const suffix = "?";`), 0o644); err != nil {
		t.Fatal(err)
	}
	s.changed(outside)
	if i := s.next(); i.Generation != 2 {
		t.Errorf("loaded %+v", i)
	}
}

// Changes that come during a build are built after it: the newest state always wins.
func TestReloadBurst(t *testing.T) {
	s := startSite(t, files{"v/main.js": version("0"), "_shared.js": plainShared})
	for _, v := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "last"} {
		s.save(files{"v/main.js": version(v)})
	}
	c := s.dial("/v/talk")
	for {
		f, err := c.read()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(f.data), "last") {
			break
		}
	}
	c.leave()
}

// While one app's top-level await goes on, others are loaded and served.
func TestSlowBuildHoldsNobodyUp(t *testing.T) {
	s := startSite(t, files{"v/main.js": version("one"), "_shared.js": plainShared, "slow.js": version("x")})
	s.save(files{"slow.js": `await new Promise((go) => setTimeout(go, 3600000)); export default class S extends AppBase {}`})
	s.save(files{"v/main.js": version("two")})
	if i := s.next(); i.Name != "v" || i.Generation != 2 {
		t.Errorf("loaded %+v", i)
	}
}

func TestAppsFolderGone(t *testing.T) {
	s := startSite(t, files{"v/main.js": version("one"), "_shared.js": plainShared})
	if err := os.RemoveAll(s.dir); err != nil {
		t.Fatal(err)
	}
	s.changed(s.dir)
	s.log.wait(t, "the apps folder cannot be read; what is loaded goes on")
	c := s.dial("/v/talk")
	c.want("one")
	c.leave()
}
