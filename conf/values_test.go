package conf

import (
	"strings"
	"testing"
	"time"
)

func TestSize(t *testing.T) {
	good := map[string]Size{"0": 0, "512": 512, "1B": 1, "64KiB": 64 << 10, "1 mib": 1 << 20, "2GiB": 2 << 30, "3kB": 3000, "1MB": 1e6, "5gb": 5e9,
		"9223372036854775807": 1<<63 - 1}
	for text, want := range good {
		var got Size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("size %q: %d, %v; want %d", text, got, err, want)
		}
		var again Size
		if err := again.UnmarshalText([]byte(got.String())); err != nil || again != got {
			t.Errorf("size %q: written as %s, read as %d", text, got, again)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1.5MiB", "1 apple", "1K", "9223372036854775808", "9223372036854775807KiB", "0x10", "1MiB2"} {
		got := Size(7)
		if err := got.UnmarshalText([]byte(text)); err == nil || got != 7 {
			t.Errorf("size %q: %d, %v", text, got, err)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]string{"500ms": "500ms", "90s": "1m30s", "60s": "1m", "120m": "2h", "1h30m": "1h30m", "0s": "0s", " 1s ": "1s"} {
		var got Duration
		if err := got.UnmarshalText([]byte(text)); err != nil || got.String() != want {
			t.Errorf("duration %q: %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "five", "1d"} {
		if err := new(Duration).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("duration %q is taken", text)
		}
	}
}

func TestSuggest(t *testing.T) {
	known := newLoader().keys
	for key, want := range map[string]string{
		"lisen": "listen", "Listen": "listen", "lsiten": "listen", "app_s": "apps", "limits.call-depth": "limits.call_depth", "limit.queue": "limits.queue",
		"ping_after": "limits.ping_after", "nonsense": "", "": "", strings.Repeat("listen", 1000): "",
	} {
		if got := suggest(key, known); got != want {
			t.Errorf("suggest(%q) = %q, want %q", key, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"kitten", "sitting", 3}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestValidate(t *testing.T) {
	c := mustLoad(t, Sources{})
	c.Listen = "nowhere"
	c.Limits.Message = -1
	c.Limits.CallTime = Duration(time.Hour * 48)
	c.Limits.Overflow = "shrug"
	err := c.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`listen "nowhere": must be host:port`, `limits.message "-1B": must be from 1B to 1GiB`,
		`limits.call_time "48h": must be from 10ms to 24h`, `limits.overflow "shrug": must be close, drop-oldest or drop-newest`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if err := new(Config).Validate(); err == nil {
		t.Error("the zero Config is valid")
	}
}
