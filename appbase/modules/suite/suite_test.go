package suite

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The module and its declarations have the same names.
func TestDeclaredNames(t *testing.T) {
	var declared []string
	for _, m := range regexp.MustCompile(`(?m)^  export (?:const|function) (\w+)`).FindAllStringSubmatch(declarations, -1) {
		declared = append(declared, m[1])
	}
	there := slices.Sorted(slices.Values(names))
	slices.Sort(declared)
	if declared = slices.Compact(declared); !slices.Equal(declared, there) {
		t.Errorf("declared are %q, there are %q", declared, there)
	}
	for _, name := range names {
		if !strings.Contains(Module(), "export const "+name+" = ") {
			t.Errorf("the module does not export %s", name)
		}
	}
}

// Every matcher, and every member of a client, is declared.
func TestDeclaredMembers(t *testing.T) {
	for source, pattern := range map[string]string{
		between(t, expectJS, "const matchers = {", "\n  };"):       `(?m)^    (\w+): `,
		between(t, worldJS, "class Client {", "\n  function "):     `(?m)^    (?:get |async )?([a-z]\w*)\(.*\{$`,
		between(t, worldJS, "const clock = ", "\n  });"):           `(?m)^    (\w+): `,
		between(t, worldJS, "const outside = ", "\n  });"):         `(?m)^    (\w+)[:(]`,
		between(t, suiteJS, "return Object.assign(mock, {", "});"): `(?m)^      (\w+): `,
	} {
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(source, -1)
		if len(found) < 3 {
			t.Errorf("only %d members in %.60s", len(found), source)
		}
		for _, m := range found {
			own := slices.Contains([]string{"constructor", "receive", "if", "for", "while"}, m[1])
			if !own && !regexp.MustCompile(`\b`+m[1]+`\b[?:(<]`).MatchString(declarations) {
				t.Errorf("%s is not declared", m[1])
			}
		}
	}
}

func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, from)
	part, _, end := strings.Cut(rest, to)
	if !ok || !end {
		t.Fatalf("no %q", from)
	}
	return part
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10m": 10 * time.Minute, "1h30m": 90 * time.Minute, "7d": 7 * 24 * time.Hour, "1d12h": 36 * time.Hour, "0.5s": 500 * time.Millisecond, "1.5d": 36 * time.Hour,
		"": 0, "d": 0, "soon": 0, "-1d": 0, "1d1": 0, "NaNd": 0, "-0.1d": 0, "99999999999d": 0,
	} {
		got, err := parseDuration(text)
		if (err == nil) != (want > 0) || err == nil && got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
