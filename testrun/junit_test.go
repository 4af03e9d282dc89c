package testrun_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/testrun"
)

func TestJUnit(t *testing.T) {
	got := run(t, testrun.Options{Dir: folder(t, map[string]string{
		"echo.js": echo,
		"echo.test.ts": from + `
describe("a <b> & c", () => {
  it("passes", () => { console.log("out \u0000 <x>"); });
  it("fails", () => { throw new RangeError("too \u001b[31mmuch ]]>"); });
});
it.skip("left", () => {});
it.todo("later");
it("logs", async () => { await request("/echo/boom"); });
`,
		"broken.test.ts": "let x = ;",
	})})
	var out bytes.Buffer
	if err := testrun.WriteJUnit(&out, got.files); err != nil {
		t.Fatal(err)
	}
	var report struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Class   string `xml:"classname,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Type    string `xml:"type,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
				Error   *struct{} `xml:"error"`
				Skipped *struct{} `xml:"skipped"`
				Out     string    `xml:"system-out"`
				Err     string    `xml:"system-err"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	decoder := xml.NewDecoder(&out)
	decoder.Strict = true
	if err := decoder.Decode(&report); err != nil {
		t.Fatalf("the report is no XML: %v", err)
	}
	if report.Tests != 6 || report.Failures != 1 || report.Errors != 1 || report.Skipped != 2 {
		t.Errorf("%+v", report)
	}
	if len(report.Suites) != 2 || len(report.Suites[0].Cases) != 1 || report.Suites[0].Cases[0].Error == nil {
		t.Fatalf("%+v", report)
	}
	cases := report.Suites[1].Cases
	if len(cases) != 5 {
		t.Fatalf("%+v", cases)
	}
	if cases[0].Name != "passes" || cases[0].Class != "echo.test.ts › a <b> & c" || strings.TrimSpace(cases[0].Out) != "out  <x>" {
		t.Errorf("%+v", cases[0])
	}
	if f := cases[1].Failure; f == nil || f.Type != "RangeError" || f.Message != "too [31mmuch ]]>" || !strings.Contains(f.Text, "echo.test.ts:5:") {
		t.Errorf("%+v", cases[1])
	}
	if cases[2].Skipped == nil || cases[3].Skipped == nil || !strings.Contains(cases[4].Err, "about to break") {
		t.Errorf("%+v", cases[2:])
	}
}
