package server

import (
	"strings"
	"testing"
)

const answersApp = `
@Schema class Book { @Required(String) title; @Ignore secret = 1; year = 2000; }
export default class A extends AppBase {
  @Get({ response: Book }) good() { return { title: "x" }; }
  @Get({ response: Book }) bad() { return { title: 7, year: "old" }; }
  @Get({ response: [Book] }) list() { return [{ title: "x" }, { year: 1 }]; }
  @Get({ response: Book }) text() { return "x"; }
  @Get({ response: Book }) none() { return notFound("no book"); }
  @Get({ response: Book }) nothing() {}
  @Get({ response: Book }) async *stream() { yield "x"; }
  @Post({ response: Book }) made() { return created({ title: 1 }); }
  @Get({ response: { type: "nonsense" } }) nonsense() { return {}; }
  @Get plain() { return { title: 7 }; }
}`

func TestAnswersAreCheckedInDevelopment(t *testing.T) {
	s := startSite(t, files{"a.js": answersApp}, develop)
	for path, says := range map[string]string{
		"GET /a/good": "", "GET /a/none": "", "GET /a/nothing": "", "GET /a/stream": "", "GET /a/plain": "",
		"GET /a/bad": "#/title", "GET /a/list": "#/1", "GET /a/text": "it is text/plain and not JSON", "POST /a/made": "#/title", "GET /a/nonsense": "the response schema is none",
	} {
		verb, path, _ := strings.Cut(path, " ")
		res, text := s.do(verb, path, "")
		if flagged := res.Header.Get("X-Contract-Violation") == "true"; flagged != (says != "") || res.StatusCode >= 500 {
			t.Errorf("%s: %s %s, flagged: %t", path, res.Status, text, flagged)
		}
		if says != "" {
			s.log.wait(t, says)
		}
	}
	s.log.wait(t, "an answer breaks the contract")
}

// Nobody waits for the check outside of development.
func TestAnswersAreNotCheckedOtherwise(t *testing.T) {
	s := startSite(t, files{"a.js": answersApp})
	if res, _ := s.do("GET", "/a/bad", ""); res.StatusCode != 200 || res.Header.Get("X-Contract-Violation") != "" {
		t.Errorf("%s %v", res.Status, res.Header)
	}
}
