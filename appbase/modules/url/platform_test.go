package url

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals/globalstest"
)

// platformTests are runners for the data of the Web Platform Tests (web-platform-tests/wpt, url/resources): functions of a
// case and the attribute it is for, which answer "" or what is wrong.
const platformTests = `({
	compare: (u, expected) => Object.entries(expected)
		.filter(([key, value]) => String(u[key]) !== value)
		.map(([key, value]) => key + " is " + JSON.stringify(String(u[key])) + ", want " + JSON.stringify(value)).join("; "),
	attempt(input, base) {
		try { return new URL(input, base) } catch (error) { if (!(error instanceof TypeError)) throw error }
	},
	construct({ input, base, failure, relativeTo, comment, ...expected }) {
		base ??= undefined;
		const u = this.attempt(input, base);
		if (URL.canParse(input, base) !== !failure || URL.parse(input, base)?.href !== u?.href) return "canParse and parse differ from new URL";
		if (failure) return u ? "is " + u.href + ", should fail" : "";
		return u ? this.compare(u, expected) : "fails";
	},
	set({ href, new_value, expected }, attribute) {
		const u = new URL(href);
		u[attribute] = new_value;
		return this.compare(u, expected);
	},
	toASCII({ input, output }) {
		const u = this.attempt("https://" + encodeURIComponent(input) + "/x");
		return (u?.hostname ?? null) === output ? "" : "host is " + u?.hostname + ", want " + output;
	},
})`

// circumflex is in the cases that are older than the standard, which has "^" among what is encoded in paths (URL, 1.3).
var circumflex = regexp.MustCompile(`"pathname": "/.*]\^_%60`)

// oldPath tells them.
func oldPath(test string) bool { return circumflex.MatchString(test) }

// emptyHost tells the case of no text at all: as the host of the URL that tests the others, it is another test.
func emptyHost(test string) bool { return strings.Contains(test, `"input": ""`) }

func none(string) bool { return false }

// platformData is a file of the tests as the module of the URL parser carries it.
func platformData(t *testing.T, name string, v any) {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/nlnwa/whatwg-url").Output()
	if err != nil {
		t.Fatalf("find the module: %v", err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// platformRunner runs a case with one of the functions of platformTests.
func platformRunner(t *testing.T, method string) func(test json.RawMessage, attribute string) string {
	t.Helper()
	vm := globalstest.New(t, Install)
	runner, err := vm.RunString("{ const tests = " + platformTests + "; (text, attribute) => tests." + method + "(JSON.parse(text), attribute) }")
	if err != nil {
		t.Fatal(err)
	}
	run, _ := goja.AssertFunction(runner)
	return func(test json.RawMessage, attribute string) string {
		result, err := run(goja.Undefined(), vm.ToValue(string(test)), vm.ToValue(attribute))
		if err != nil {
			return err.Error()
		}
		return result.String()
	}
}

// platformCases runs a list of cases, of which those that are texts are comments. It tells how many there were, and how
// many differ as is known.
func platformCases(t *testing.T, method, attribute string, tests []json.RawMessage, known func(test string) bool) (ran, differ int) {
	t.Helper()
	run := platformRunner(t, method)
	tests = slices.DeleteFunc(tests, func(test json.RawMessage) bool { return test[0] == '"' })
	for _, test := range tests {
		got := run(test, attribute)
		switch expected := known(string(test)); {
		case expected && got != "":
			differ++
		case expected:
			t.Errorf("%s %s: no longer differs from the tests", attribute, test)
		case got != "":
			t.Errorf("%s %s\n%s", attribute, test, got)
		}
	}
	return len(tests), differ
}

// What new URL, URL.parse and URL.canParse make of each text, and what each host becomes in ASCII.
func TestPlatformParsing(t *testing.T) {
	for _, c := range []struct {
		file, method string
		least        int // cases, so that a test of nothing is noticed
		known        func(test string) bool
	}{
		{"urltestdata.json", "construct", 800, oldPath},
		{"toascii.json", "toASCII", 30, none},
		{"IdnaTestV2.json", "toASCII", 1000, emptyHost},
	} {
		var tests []json.RawMessage
		platformData(t, c.file, &tests)
		ran, differ := platformCases(t, c.method, "", tests, c.known)
		if t.Logf("%s: %d cases, of which %d differ", c.file, ran, differ); ran < c.least {
			t.Errorf("%s: %d cases, want at least %d", c.file, ran, c.least)
		}
	}
}

// What setting each attribute of a URL does to all of them.
func TestPlatformSetters(t *testing.T) {
	var attributes map[string][]json.RawMessage
	platformData(t, "setters_tests.json", &attributes)
	delete(attributes, "comment")
	total := 0
	for attribute, tests := range attributes {
		ran, _ := platformCases(t, "set", attribute, tests, oldPath)
		total += ran
	}
	if t.Logf("%d cases", total); total < 200 || len(attributes) < 9 {
		t.Errorf("%d cases of %d attributes", total, len(attributes))
	}
}
