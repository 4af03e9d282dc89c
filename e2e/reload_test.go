package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// versioned is an app whose answers tell which text of it is running.
func versioned(version string) string {
	return fmt.Sprintf(`export default class Versioned extends AppBase {
  @Websocket echo(ws) {
    ws.onMessage((text) => ws.send(%q + " " + text));
  }
  @Get version() { return %q; }
}
`, version, version)
}

// The second line lacks an operand: the third line, where the brace stands, is where a parser stumbles.
const brokenApp = "export default class Versioned extends AppBase {\n  @Get version() { return 1 +; }\n}\n"

func (s *sigil) awaitBody(path, want string) {
	s.t.Helper()
	eventually(s.t, path+" to answer "+want, func() bool {
		_, body, err := s.get(path)
		return err == nil && body == want
	})
}

func TestBrokenSaveKeepsTheOldCode(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"app.js": versioned("one")}))
	ws := dial(t, s.ws("/app/echo"))
	for _, mistake := range []struct{ name, text, position string }{
		{"syntax", brokenApp, "app.js:2:30"},
		{"exception at the top level", "const x = null;\nx.y;\n" + versioned("bad"), "app.js:2:3"},
		{"unknown option", strings.Replace(versioned("bad"), "@Get", `@Get({ pth: "/" })`, 1), "app.js:5:"},
		{"missing import", "import './gone.js';\n" + versioned("bad"), "app.js:1:8"},
		{"no class", "\nexport const x = 1;\n", "no app class"},
	} {
		t.Run(mistake.name, func(t *testing.T) {
			before := len(s.stderr.String())
			s.write("app.js", mistake.text)
			eventually(t, "the mistake in the log", func() bool { return strings.Contains(s.stderr.String()[before:], mistake.position) })
			if got := ws.ask("still there?"); got != "one still there?" {
				t.Errorf("after the broken save: %q", got)
			}
			if status, body, err := s.get("/app/version"); err != nil || status != 200 || body != "one" {
				t.Errorf("after the broken save HTTP answers %d %q %v", status, body, err)
			}
		})
	}
	s.write("app.js", versioned("two"))
	s.awaitBody("/app/version", "two")
	if got := ws.ask("hi"); got != "two hi" {
		t.Errorf("after the good save: %q", got)
	}
}

func TestAppsComeAndGo(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"app.js": versioned("one")}))
	if status, _, err := s.get("/late/version"); err != nil || status != 404 {
		t.Fatalf("before it exists: %d %v", status, err)
	}
	s.write("late.ts", versioned("late"))
	s.awaitBody("/late/version", "late")
	s.write("folder/main.js", "import { text } from './parts/text.js';\n"+strings.Replace(versioned("x"), `return "x"`, "return text", 1))
	s.write("folder/parts/text.js", "export const text = 'from a part';\n")
	s.awaitBody("/folder/version", "from a part")
	s.write("folder/parts/text.js", "export const text = 'from a changed part';\n")
	s.awaitBody("/folder/version", "from a changed part")

	for _, app := range []struct{ path, url string }{{"late.ts", "/late/echo"}, {"folder", "/folder/echo"}} {
		ws := dial(t, s.ws(app.url))
		if err := os.RemoveAll(filepath.Join(s.apps, app.path)); err != nil {
			t.Fatal(err)
		}
		if code, reason := ws.end(); code != 1001 && code != 1012 {
			t.Errorf("%s removed: closed with %d %q", app.path, code, reason)
		}
		if code, reason := dial(t, s.ws(app.url)).end(); code != 1008 {
			t.Errorf("%s after it was removed: closed with %d %q, want 1008", app.path, code, reason)
		}
	}
	s.write("late.ts", versioned("again"))
	s.awaitBody("/late/version", "again")
	if _, body, err := s.get("/app/version"); err != nil || body != "one" {
		t.Errorf("the other app: %q %v", body, err)
	}
}
