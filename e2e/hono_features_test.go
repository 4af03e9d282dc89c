package e2e

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// updateDocs has TestHonoFeatures write its table into docs/hono.md.
var updateDocs = flag.Bool("update", false, "write the table of Hono's features into docs/hono.md")

// A honoFeature is one heading of hono/features.txt with the exchanges below it.
type honoFeature struct {
	group, name string
	exchanges   []*exchange
}

// An exchange is a request and what is wanted of its answer.
type exchange struct {
	line         int
	method, path string
	header       http.Header
	body         string
	wants        []func(*http.Response, string) string // each says what is wrong, or ""
}

// TestHonoFeatures runs the apps of hono, which import the package hono as npm installs it.
func TestHonoFeatures(t *testing.T) {
	t.Setenv("SIGIL_FETCH_PRIVATE", "true") // for hono/proxy and the address of keys
	s := start(t, "hono")
	features := readFeatures(t, filepath.Join("hono", "features.txt"))
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	for _, f := range features {
		t.Run(f.group+"/"+f.name, func(t *testing.T) {
			for _, x := range f.exchanges {
				x.run(t, client, s.http(x.path))
			}
		})
	}
	compareFeatureTable(t, features)
}

func (x *exchange) run(t *testing.T, client *http.Client, url string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), x.method, url, strings.NewReader(x.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = x.header
	res, err := client.Do(req)
	if err != nil {
		t.Errorf("features.txt:%d: %v", x.line, err)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Errorf("features.txt:%d: %v", x.line, err)
	}
	for _, want := range x.wants {
		if wrong := want(res, string(body)); wrong != "" {
			t.Errorf("features.txt:%d: %s %s: %s", x.line, x.method, x.path, wrong)
		}
	}
}

func readFeatures(t *testing.T, file string) []*honoFeature {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var features []*honoFeature
	for i, line := range strings.Split(string(text), "\n") {
		heading, isHeading := strings.CutPrefix(line, "## ")
		switch {
		case isHeading:
			group, name, _ := strings.Cut(heading, ": ")
			features = append(features, &honoFeature{group: group, name: name})
		case line == "" || strings.HasPrefix(line, "#"):
		default:
			if err := features[len(features)-1].read(line, i+1); err != nil {
				t.Fatalf("features.txt:%d: %v", i+1, err)
			}
		}
	}
	return features
}

var requestLine = regexp.MustCompile(`^([A-Z]+) (/\S+)$`)

func (f *honoFeature) read(line string, number int) error {
	if m := requestLine.FindStringSubmatch(line); m != nil {
		f.exchanges = append(f.exchanges, &exchange{line: number, method: m[1], path: m[2], header: http.Header{}})
		return nil
	}
	mark, rest, _ := strings.Cut(line, " ")
	if len(f.exchanges) == 0 {
		return fmt.Errorf("%q comes before any request", line)
	}
	return f.exchanges[len(f.exchanges)-1].read(mark, rest)
}

func (x *exchange) read(mark, rest string) error {
	name, value, isHeader := strings.Cut(rest, ": ")
	var err error
	switch status, body, hasBody := strings.Cut(rest, " "); {
	case mark == ">":
		x.header.Add(name, value)
	case mark == ">>":
		x.body, err = plain(rest)
	case mark == "!":
		x.wants = append(x.wants, headerAbsent(rest))
	case mark == "~":
		x.wants = append(x.wants, bodyMatches(rest))
	case mark == "<" && len(status) == 3:
		body, err = plain(body)
		x.wants = append(x.wants, answers(status, body, hasBody))
	case mark == "<" && isHeader:
		x.wants = append(x.wants, headerMatches(name, value))
	default:
		return fmt.Errorf("%q is not understood", mark+" "+rest)
	}
	return err
}

// plain is the text itself, or what a Go string stands for.
func plain(text string) (string, error) {
	if strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"`) {
		return strconv.Unquote(text)
	}
	return text, nil
}

func answers(status, body string, hasBody bool) func(*http.Response, string) string {
	return func(res *http.Response, got string) string {
		if strconv.Itoa(res.StatusCode) != status || hasBody && got != body {
			return fmt.Sprintf("%d %.500q, want %s %q", res.StatusCode, got, status, body)
		}
		return ""
	}
}

func headerMatches(name, pattern string) func(*http.Response, string) string {
	return func(res *http.Response, _ string) string {
		if got := strings.Join(res.Header.Values(name), "\n"); !regexp.MustCompile(pattern).MatchString(got) {
			return fmt.Sprintf("%s is %q, want %s", name, got, pattern)
		}
		return ""
	}
}

func headerAbsent(name string) func(*http.Response, string) string {
	return func(res *http.Response, _ string) string {
		if got, ok := res.Header[http.CanonicalHeaderKey(name)]; ok {
			return fmt.Sprintf("%s is %q, want none", name, got)
		}
		return ""
	}
}

func bodyMatches(pattern string) func(*http.Response, string) string {
	return func(_ *http.Response, got string) string {
		if !regexp.MustCompile(pattern).MatchString(got) {
			return fmt.Sprintf("the body %.1000q does not match %s", got, pattern)
		}
		return ""
	}
}

const (
	tableBegin = "<!-- features: written by go test ./e2e -run HonoFeatures -update -->\n"
	tableEnd   = "<!-- end of features -->\n"
)

// compareFeatureTable holds the table of docs/hono.md against the features that were tried.
func compareFeatureTable(t *testing.T, features []*honoFeature) {
	t.Helper()
	file := filepath.Join("..", "docs", "hono.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), tableBegin)
	table, after, ended := strings.Cut(rest, tableEnd)
	if !begun || !ended {
		t.Fatalf("%s lacks the marks round its table", file)
	}
	want := featureTable(features)
	if *updateDocs && !t.Failed() {
		save(t, file, before+tableBegin+want+tableEnd+after)
		return
	}
	if table != want {
		t.Errorf("the table in %s is not that of the features tried: run go test -run HonoFeatures -update", file)
	}
}

func featureTable(features []*honoFeature) string {
	var b strings.Builder
	b.WriteString("| part of Hono | what was tried | exchanges | result |\n|---|---|---|---|\n")
	for _, f := range features {
		fmt.Fprintf(&b, "| %s | %s | %d | works |\n", f.group, f.name, len(f.exchanges))
	}
	return b.String()
}
