package e2e

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sampleConfig makes the samples that take their time quick.
const sampleConfig = `app:
  tickerapp: { every: 20 }
  timebox: { session: 3000 }
`

// samples are what a client of each sample app prints (clients/*.mjs).
var samples = map[string]string{
	"echo": `
echo: hello
echo:
echo: häßlich 👋
echo: xx and 70006 characters
a thousand in order: true
closed 4321
`,
	"ticker": `
ready
count:1
count:2
count:3
the final number is the last one: true
closed 1000 stopped
`,
	"chat": `
ann: [*] someone joined
ann: [*] someone joined
bob: [*] someone joined
ann: [*] ann joined
bob: [*] ann joined
ann: ann: hello, anon
bob: ann: hello, anon
ann: anon: hello, ann
bob: anon: hello, ann
ann: anon: name:bob
bob: anon: name:bob
people: ["ann","anon"]
page: true
bob: [*] ann left
closed 1005 closed 1005
`,
	"webchat": `
ann: []
ann: {"people":1}
bob: [] {"people":2}
ann: {"people":2}
POST 201
all: grüße & <b>
all: grüße & <b>
POST 400
late: grüße & <b>
late: {"people":3}
closed 1000
ann: {"people":3} {"people":2}
`,
	"gateway": `
{"event":"pong"}
plain HTTP 426
control API 404
closed 1000
`,
	"bridge": `
4 bytes acknowledged: true
0 bytes acknowledged: true
200000 bytes acknowledged: true
closed 4000 binary only
`,
	"timebox": `
some seconds left: true
closed 4001 session timeout
`,
	"honopings": `
Thanks for the ping!
Thanks for the ping!
closed 1005
200 * {"message":"Hello pings!"}
no upgrade: 404
`,
	"honochat": `
hello dated now: true
hello dated now: true
closed 1005
still here
`,
	"honousers": `
a user is heard: true by all alike: true
a user is heard: true by all alike: true
page: 200 text/html; charset=utf-8 true
closed 1005 closed 1005
`,
	"secure": `
closed 1008 missing x-api-key
closed 1008 bad x-api-key
closed 1008 bad x-api-key
welcome
secret echo: psst
closed 1005
welcome
secret echo: psst
closed 1005
refused 401
welcome, Zoë
closed 1000
`,
	"catalogue": `
 Alice's Adventures in Wonderland, Sketch of the Analytical Engine, Frankenstein
?words=ada Sketch of the Analytical Engine
?binding=audio&limit=5 Alice's Adventures in Wonderland
#/limit
POST /books 201  {"id":4,"author":{"name":"Ada"},"binding":"paperback","price":0,"tags":[],"title":"Notes"}
event: book | id: 4 | data: {"id":4,"author":{"name":"Ada"},"binding":"paperback","price":0,"tags":[],"title":"Notes"}
#/author #/title
DELETE /books/4 204
GET /books/4 404  there is no such book
1 found
ask with {"find": "..."}
closed 1000
`,
	"guestbook": `
text/event-stream
signed 201
saw I was here
400 application/problem+json # # #/name
* Ada
#/last
`,
	"notes": `
live: all welcome
POST /notes 201 buy-creme-brulee /notes/notes/buy-creme-brulee
live: saved buy-creme-brulee two
POST /notes 409 a note of that title exists
POST /notes 400 a note needs a title
POST /notes 400 the body is not JSON
GET /notes 200 buy-creme-brulee,welcome
GET /notes/buy-creme-brulee 200 buy-creme-brulee
PUT /notes/buy-creme-brulee 200 buy-creme-brulee
live: saved buy-creme-brulee three
DELETE /notes/buy-creme-brulee 204
live: removed buy-creme-brulee
DELETE /notes/buy-creme-brulee 404 no such note
GET /notes/nothing 404 no such note
closed 1005
`,
}

func TestSamples(t *testing.T) {
	config := filepath.Join(t.TempDir(), "sigil.yaml")
	save(t, config, sampleConfig)
	s := start(t, sampleApps(t), "--config", config)
	for name, want := range samples {
		t.Run(name, func(t *testing.T) {
			got, code := command(t, ".", "node", filepath.Join("clients", name+".mjs"), s.address)
			if code != 0 {
				t.Fatalf("exit code %d:\n%s", code, got)
			}
			compareLines(t, got, want)
		})
	}
}

// compareLines compares line by line, trailing spaces left out. A wanted line may be the beginning of an error's text.
func compareLines(t *testing.T, got, want string) {
	t.Helper()
	gotLines, wantLines := strings.Split(strings.TrimSpace(got), "\n"), strings.Split(strings.TrimSpace(want), "\n")
	if len(gotLines) != len(wantLines) {
		t.Fatalf("%d lines instead of %d:\n%s", len(gotLines), len(wantLines), got)
	}
	for i, line := range gotLines {
		line = strings.TrimRight(line, " ")
		if line != wantLines[i] && !strings.HasPrefix(line, wantLines[i]+": ") {
			t.Errorf("line %d is %q, want %q", i+1, line, wantLines[i])
		}
	}
}

// Every app folder of the samples has a client above, so that a new sample cannot go without one.
func TestEverySampleHasAClient(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", "apps"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name, isFile := strings.CutSuffix(entry.Name(), ".js")
		if !isFile && !entry.IsDir() || name == "node_modules" {
			continue // tsconfig.json and the like
		}
		if name == "board" || name == "bookshop" || name == "todo" {
			continue // TestBoardInABrowser, TestBookshop, TestTodoInABrowser
		}
		if _, ok := samples[strings.TrimSuffix(name, "app")]; !ok {
			t.Errorf("no client drives apps/%s", entry.Name())
		}
	}
}

// wscat is what the README tells people to try first.
func TestWscat(t *testing.T) {
	s := start(t, sampleApps(t))
	const want = "echo: hello\necho: two words"
	got := wscat(t, "1", s.ws("/echoapp/echo"))
	if strings.TrimSpace(got) != want { // a busy machine may need longer for the answers
		got = wscat(t, "20", s.ws("/echoapp/echo"))
	}
	compareLines(t, got, want)
}

// wscat sends two messages and returns what it printed after so many seconds.
func wscat(t *testing.T, seconds, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", "wscat"), "-c", url, "-x", "hello", "-x", "two words", "-w", seconds)
	stdin, stdinEnd, err := os.Pipe() // wscat ends when its standard input does
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, stdin, stdinEnd)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("wscat: %v\n%s", err, out.String())
	}
	return out.String()
}

func closeAll(t *testing.T, all ...io.Closer) {
	t.Helper()
	for _, c := range all {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
