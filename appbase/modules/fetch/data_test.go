package fetch

import "testing"

// What Fetch 6 and the MIME Sniffing standard make of data: URLs.
func TestDataURLs(t *testing.T) {
	const plain = "text/plain;charset=US-ASCII"
	for url, want := range map[string][2]string{
		"data:,":                                  {plain, ""},
		"data:,a%20b%zz%4":                        {plain, "a b%zz%4"},
		"data:,a#b":                               {plain, "a"},
		"data:bad,x":                              {plain, "x"},
		"data:;x=y;base64,aGk=":                   {"text/plain;x=y", "hi"},
		"data:text/plain;base64 ,aGk":             {"text/plain", "hi"},
		"data:text/plain; base64,a G k =":         {"text/plain", "hi"},
		"data:;base64;x,aGk=":                     {"text/plain", "aGk="},
		"data:;charset=utf-8,%ff":                 {"text/plain;charset=utf-8", "\xff"},
		`data:TEXT/Html;Charset="a b";x,y`:        {`text/html;charset="a b"`, "y"},
		`data:a/b;c="d\"e;f";c=g;h=;i=j;é=k,y`:    {`a/b;c="d\"e;f";i=j`, "y"},
		`data:a/b;c="unfinished,y`:                {"a/b;c=unfinished", "y"},
		"data:%2C,x":                              {plain, "x"},
		"data:image/svg+xml;utf8,<svg></svg>":     {"image/svg+xml", "<svg></svg>"},
		"data:application/json;charset=x ,%7B%7D": {"application/json;charset=x", "{}"},
	} {
		kind, data, ok := parseData(url)
		if !ok || kind != want[0] || string(data) != want[1] {
			t.Errorf("%s: %q %q %v, want %q", url, kind, data, ok, want)
		}
	}
	for _, url := range []string{"data:", "data:text/html", "data:;base64,a", "data:;base64,aGk==="} {
		if kind, data, ok := parseData(url); ok {
			t.Errorf("%s: %q %q", url, kind, data)
		}
	}
}

func FuzzDataURL(f *testing.F) {
	f.Add(`data:a/b;c="d\"e";base64,aGk=`)
	f.Fuzz(func(t *testing.T, url string) {
		kind, _, ok := parseData(url)
		if again := mediaType(kind); ok && again != kind {
			t.Errorf("the type %q reads as %q", kind, again)
		}
	})
}
