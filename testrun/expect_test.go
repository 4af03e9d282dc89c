package testrun_test

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/sigil-server/sigil/testrun"
)

//go:embed testdata/matchers.js
var matchers string

// Every matcher, as it holds and as it does not.
func TestMatchers(t *testing.T) {
	passes(t, 13, from+matchers)
}

func TestAssertionCounts(t *testing.T) {
	got := runFile(t, from+`
it("asserts enough", async () => { expect.assertions(2); expect(1).toBe(1); await expect(Promise.resolve(1)).resolves.toBe(1); });
it("asserts too little", () => { expect.assertions(2); expect(1).toBe(1); });
it("asserts nothing", () => { expect.hasAssertions(); });
`)
	if count(got, testrun.Passed) != 1 || count(got, testrun.Failed) != 2 || !strings.Contains(got.text, "was to assert 2 times, and did 1 times") {
		t.Error(got.text)
	}
}

// A difference in much shows what is about it, and no more.
func TestDiff(t *testing.T) {
	got := runFile(t, from+`
it("differs", () => {
  const list = Array.from({ length: 100 }, (_, i) => ({ i }));
  expect([...list.slice(0, 50), { i: -1 }, ...list.slice(51)]).toEqual(list);
});
it("differs in lines", () => expect("one\ntwo\nthree").toBe("one\n2\nthree"));
`)
	for _, part := range []string{`
        ...
            i: 49,
          },
          {
      -     i: 50,
      +     i: -1,
          },
          {
            i: 51,
        ...
`, "        one\n      - 2\n      + two\n        three\n"} {
		if !strings.Contains(got.text, part) {
			t.Errorf("the difference is not\n%s\nbut\n%s", part, got.text)
		}
	}
}
