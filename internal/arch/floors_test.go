package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sigil-server/sigil"

// floor says what the packages of one folder may import of ours: these folders and all below them, and what is below
// their own.
type floor struct {
	folder string
	may    []string
}

// floors is the table of docs/architecture.md. The first folder that holds a package counts.
func floors() []floor {
	return []floor{
		{"cmd", []string{""}},
		{"testrun", []string{"server", "appbase", "wsconn", "scripting"}},
		{"server", []string{"appbase", "wsconn", "scripting", "broker"}},
		{"appbase/modules/internal", []string{"scripting"}}, // what host modules share; Go keeps all others out
		{"appbase/internal", []string{"scripting"}},         // what appbase and its host modules share
		{"appbase/modules", []string{"scripting", "appbase/modules/internal", "appbase/internal"}},
		{"appbase", []string{"scripting", "appbase/modules"}},
		{"client", nil},
		{"wsconn", nil},
		{"scripting", nil},
		{"conf", nil},
		{"storage", nil},
		{"broker", nil},
		{"internal/watch", nil},
		{"internal/heap", nil},
		{"internal/certs", nil},
		{"internal/appstore", []string{"storage", "appbase/modules"}}, // brings two floors together; only cmd and tests use it
		{"apps", nil},
		{"internal/arch", nil},
		{"ci/typecheck", nil},
	}
}

// door says which folders may import a library, with all below its path. Its packages' tests may, too.
type door struct {
	library string
	folders []string
}

func doors() []door {
	return []door{
		{"github.com/gobwas", []string{"wsconn"}},
		{"github.com/coder/websocket", []string{"appbase/modules/websocket"}},
		{"github.com/fsnotify/fsnotify", []string{"internal/watch"}},
		{"github.com/dop251/goja", []string{"scripting", "appbase"}},
		{"github.com/santhosh-tekuri/jsonschema", []string{"appbase"}},
		{"github.com/evanw/esbuild", []string{"scripting", "client/pack"}},
		{"go.yaml.in/yaml", []string{"server", "appbase", "conf"}},
		{"github.com/knadh/koanf", []string{"conf"}},
		{"github.com/prometheus", []string{"server"}},
		{"github.com/getkin/kin-openapi", []string{"server"}},
		{"github.com/maypok86/otter", []string{"appbase/modules/cache"}},
		{"github.com/clipperhouse/uax29", []string{"appbase/modules/intl"}},
		{"github.com/robfig/cron", []string{"appbase"}},
		{"modernc.org/sqlite", []string{"storage"}},
		{"github.com/jackc/pgx", []string{"storage"}},
		{"github.com/caddyserver/certmagic", []string{"internal/certs"}},
		{"go.uber.org/zap", []string{"internal/certs"}},
		{"github.com/spf13/cobra", []string{"cmd/sigil"}},
	}
}

// pkg is what go list says of a package.
type pkg struct {
	ImportPath, Export, Dir            string
	Imports, TestImports, XTestImports []string
}

// list asks go list about packages, on one system.
func list(t *testing.T, system string, args ...string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "GOOS="+system)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var found []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found = append(found, p)
	}
}

// root is the module's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// ours is a package's path below the module; false for others.
func ours(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// within says whether path is folder or below it.
func within(path, folder string) bool {
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

// Arrows point down: a package imports only what its floor may, on every system.
func TestFloors(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, p := range list(t, system, "-json=ImportPath,Imports", "./...") {
			path, _ := ours(p.ImportPath)
			i := slices.IndexFunc(floors(), func(f floor) bool { return within(path, f.folder) })
			if i < 0 {
				t.Errorf("%s has no floor; add it to the table", path)
				continue
			}
			for _, target := range forbidden(path, floors()[i].may, p.Imports) {
				t.Errorf("%s imports %s; it may import only %q of ours", path, target, floors()[i].may)
			}
		}
	}
}

// forbidden returns those of a package's imports that are ours and not allowed. The suites of other packages are for tests,
// and for suites above them.
func forbidden(path string, may, imports []string) (bad []string) {
	for _, imported := range imports {
		target, mine := ours(imported)
		if !mine || within(target, path) || isSuite(path, target) {
			continue
		}
		allowed := slices.ContainsFunc(may, func(folder string) bool { return within(target, folder) })
		if !allowed || strings.HasSuffix(target, "test") && !strings.HasSuffix(path, "test") {
			bad = append(bad, target)
		}
	}
	return bad
}

// isSuite says whether path holds the test suite or test helpers of target, as brokertest does for broker: it may import
// target, and only tests may import it.
func isSuite(path, target string) bool { return path == target+"/"+pathBase(target)+"test" }

func pathBase(target string) string { return target[strings.LastIndexByte(target, '/')+1:] }

// One library, one door, tests included.
func TestDoors(t *testing.T) {
	for _, p := range list(t, "linux", "-json=ImportPath,Imports,TestImports,XTestImports", "./...") {
		path, _ := ours(p.ImportPath)
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for _, d := range doors() {
				if within(imported, d.library) && !slices.ContainsFunc(d.folders, func(folder string) bool { return within(path, folder) }) {
					t.Errorf("%s imports %s, whose only door is %q", path, imported, d.folders)
				}
			}
		}
	}
}

// A folder is named after its one responsibility.
func TestNames(t *testing.T) {
	vague := []string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc", "shared"}
	for _, p := range list(t, "linux", "-json=ImportPath", "./...") {
		path, _ := ours(p.ImportPath)
		for element := range strings.SplitSeq(path, "/") {
			if slices.Contains(vague, element) {
				t.Errorf("%s: %q says nothing of what is in it", path, element)
			}
		}
	}
}

// The check sees what it is made to see.
func TestForbidden(t *testing.T) {
	for _, test := range []struct {
		path, target string
		may          []string
		bad          bool
	}{
		{"server", "wsconn", []string{"wsconn"}, false},
		{"server", "wsconn/inner", []string{"wsconn"}, false},
		{"server", "wsconnect", []string{"wsconn"}, true},
		{"server", "conf", []string{"wsconn"}, true},
		{"wsconn", "wsconn/inner", nil, false},
		{"wsconn/inner", "wsconn", nil, true},
		{"appbase/modules/kv", "appbase/modules/db", []string{"scripting"}, true},
		{"cmd/sigil", "server", []string{""}, false},
		{"broker/brokertest", "broker", nil, false},
		{"broker/brokertest", "conf", nil, true},
		{"server", "broker/brokertest", []string{"broker"}, true},
		{"server/servertest", "broker/brokertest", []string{"broker"}, false},
	} {
		bad := forbidden(test.path, test.may, []string{"net/http", module + "/" + test.target})
		if len(bad) > 0 != test.bad {
			t.Errorf("%s imports %s: forbidden %v", test.path, test.target, bad)
		}
	}
}
