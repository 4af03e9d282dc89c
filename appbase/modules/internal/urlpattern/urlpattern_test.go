package urlpattern

import (
	"errors"
	"strings"
	"testing"
)

func TestCompile(t *testing.T) {
	upper := func(text string) (string, error) { return strings.ToUpper(text), nil }
	path := Options{Delimiter: "/", Prefix: "/"}
	for _, tt := range []struct{ pattern, normal, expression, names string }{
		{"/a.b", "/A.B", `^\/A\.B$`, ""},
		{"/:id", "/:id", `^(?:\/([^\/]+?))$`, "id"},
		{"/:id?", "/:id?", `^(?:\/([^\/]+?))?$`, "id"},
		{"/:id*", "/:id*", `^(?:\/((?:[^\/]+?)(?:\/(?:[^\/]+?))*))?$`, "id"},
		{"/*", "/*", `^(?:\/(.*))$`, "0"},
		{"/(\\d+)x", "/(\\d+)X", `^(?:\/(\d+))X$`, "0"},
		{"{a}?b", "{A}?B", `^(?:A)?B$`, ""},
		{"{:a}+", ":a+", `^((?:[^\/]+?)+)$`, "a"},
		{"{x:a-}+", "{X:a-}+", `^(?:X((?:[^\/]+?)(?:-X(?:[^\/]+?))*)-)$`, "a"},
		{`\{a\}`, `\{A\}`, `^\{A\}$`, ""},
		{":a{b}", "{:a}B", `^([^\/]+?)B$`, "a"},
		{"{:a}(b)", "{:a}(b)", `^([^\/]+?)(b)$`, "a,0"},
	} {
		got, err := Compile(tt.pattern, upper, path)
		if err != nil || got.Pattern != tt.normal || got.Expression != tt.expression || strings.Join(got.Names, ",") != tt.names {
			t.Errorf("%s: %+v, %v\nwant %s, %s, %s", tt.pattern, got, err, tt.normal, tt.expression, tt.names)
		}
	}
}

func TestMistakes(t *testing.T) {
	same := func(text string) (string, error) { return text, nil }
	for pattern, want := range map[string]string{
		"a{":     `the pattern cannot be read: "" at character 3 does not fit`,
		"a}":     `the pattern cannot be read: "}" at character 2 does not fit`,
		"(":      "the pattern cannot be read: the parenthesis encloses no regular expression without groups at character 1",
		"()":     "the pattern cannot be read: the parenthesis encloses no regular expression without groups at character 1",
		"((a))":  "the pattern cannot be read: the parenthesis encloses no regular expression without groups at character 1",
		"(\\é)":  "the pattern cannot be read: the parenthesis encloses no regular expression without groups at character 1",
		"x:":     "the pattern cannot be read: no name follows the colon at character 2",
		`x\`:     "the pattern cannot be read: nothing follows the backslash at character 2",
		":a:a":   `the pattern has two groups with the name "a"`,
		`(\y)`:   `\y is no escape in a regular expression`,
		"{a{b}}": `the pattern cannot be read: "{" at character 3 does not fit`,
	} {
		if _, err := Compile(pattern, same, Options{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", pattern, err, want)
		}
	}
	refused := errors.New("refused")
	if _, err := Compile("a:b", func(string) (string, error) { return "", refused }, Options{}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if _, err := Split(strings.Repeat("a", MaxBytes+1), nil); err == nil {
		t.Error("a pattern was not too long")
	}
}

func TestSplit(t *testing.T) {
	special := func(protocol string) (bool, error) { return strings.HasPrefix(protocol, "http"), nil }
	for pattern, want := range map[string]string{
		`https://u\:p@a.test:80/x?q#h`: "https u p a.test 80 /x q h",
		"https://a.test":               "https - - a.test ''  - - -",
		"https://a.test?q":             "https - - a.test '' / q -",
		"http{s}?://*.a.test/:x":       "http{s}? - - *.a.test '' /:x - -",
		"https:\\[::1\\]":              "https - - \\[::1\\] '' - - -",
		"https://[\\:\\:1]:8":          "https - - [\\:\\:1] 8 - - -",
		"data\\:x":                     "data - - '' '' x - -",
		"/x/:y?z":                      "- - - - - /x/:y?z - -",
		"/x/:y\\?z":                    "- - - - - /x/:y z -",
		"?q":                           "- - - - - - q -",
		"#h":                           "- - - - - - - h",
		"{https://a.test}":             "- - - - - {https://a.test} - -",
	} {
		init, err := Split(pattern, special)
		var got []string
		for _, part := range init {
			switch {
			case part == nil:
				got = append(got, "-")
			case *part == "":
				got = append(got, "''")
			default:
				got = append(got, *part)
			}
		}
		if err != nil || strings.Join(got, " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%s: %s, %v\nwant %s", pattern, strings.Join(got, " "), err, want)
		}
	}
}
