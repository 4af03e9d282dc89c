package locale

import (
	"strings"
	"sync"
	"testing"
)

func TestCanonical(t *testing.T) {
	for tag, want := range map[string]string{
		"EN-us": "en-US", "zh-hant-tw": "zh-Hant-TW", "iw": "he", "de-DE-u-co-phonebk-kn-true": "de-DE-u-co-phonebk-kn", "sl-rozaj-biske-1994": "sl-1994-biske-rozaj",
		"en-x-Private": "en-x-private", "es-419": "es-419", "en-u-nu-latn-ca-gregory": "en-u-ca-gregory-nu-latn",
		"": "", "e": "", "english-too-long-language": "", "en_US": "", "en-": "", "en-u": "", "en-a-bb-a-cc": "", "abcd": "", "en-1994-1994": "", "en-é": "",
	} {
		if got := Canonical(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{"de-CH", "zh-Hant-TW-u-nu-hanidec", "en-x-a", "sl-rozaj", "a-b-c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		canonical := Canonical(tag)
		if canonical == "" {
			return
		}
		if again := Canonical(canonical); again != canonical {
			t.Fatalf("%q: %q, then %q", tag, canonical, again)
		}
		Find(strings.Split(canonical, "-u-")[0])
	})
}

func TestFind(t *testing.T) {
	for tag, want := range map[string]string{"en-US": "en-US", "en-XX": "en", "zh-TW": "zh-TW", "zh-CN": "zh-CN", "pt-BR": "pt-BR", "de-Latn-DE": "de", "es-MX": "es-MX", "xx": "", "common": ""} {
		if got := Find(tag); (got == nil) != (want == "") || got != nil && got.Tag != want {
			t.Errorf("%s: %+v, want %s", tag, got, want)
		}
	}
}

// Every language can be read, by many at once.
func TestEveryLanguage(t *testing.T) {
	var all sync.WaitGroup
	for _, name := range Languages() {
		for range 2 {
			all.Go(func() {
				l := Find(name)
				if l.System() == "" || l.dates().pattern("yMMMd") == "" || len(l.Forms(false)) == 0 {
					t.Errorf("%s has gaps", name)
				}
			})
		}
	}
	all.Wait()
}

func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"1.5", "-0", "1e21", "0x10", "1e-400", "99999.99999", "-1e+5", "Infinity", "."} {
		f.Add(seed, 2)
	}
	f.Fuzz(func(t *testing.T, text string, places int) {
		places = max(min(places, 100), 0)
		for _, mode := range []string{"ceil", "floor", "expand", "trunc", "halfEven", "halfExpand"} {
			d := parseDecimal(text).cut(places, mode, 1)
			if d.special == "" && len(d.fraction()) > places {
				t.Fatalf("%q to %d places is %s", text, places, d.plain())
			}
			if again := d.cut(places, mode, 1); again.plain() != d.plain() {
				t.Fatalf("%q: %s is rounded again to %s", text, d.plain(), again.plain())
			}
		}
	})
}
