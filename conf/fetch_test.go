package conf

import (
	"slices"
	"strings"
	"testing"
)

func TestAllowFor(t *testing.T) {
	f := Fetch{Allow: []string{"*"}, Apps: []string{"chat=api.example.com", "chat=10.0.0.7", "shut="}}
	for app, want := range map[string][]string{"other": {"*"}, "chat": {"api.example.com", "10.0.0.7"}, "shut": {}} {
		if got := f.AllowFor(app); !slices.Equal(got, want) || got == nil {
			t.Errorf("%s may reach %q, want %q", app, got, want)
		}
	}
}

func TestFetchApps(t *testing.T) {
	c := &Fetch{}
	if err := (texts{&c.Apps, true}).set([]any{"host"}); err == nil || !strings.Contains(err.Error(), `"app=host"`) {
		t.Errorf("an element without an app: %v", err)
	}
	if err := (texts{&c.Allow, false}).set("a.example, b.example"); err != nil || len(c.Allow) != 2 {
		t.Errorf("a list of the environment: %v, %q", err, c.Allow)
	}
}
