package testrun_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/testrun"
)

const from = `import { afterAll, afterEach, beforeAll, beforeEach, clock, configure, connect, describe, events, expect, fn, fresh, it, outside, reload, request, restart, spyOn, start } from "sigil:test";
`

// What a person reads: names, what went wrong with the author's position and line, and what the apps logged meanwhile.
func TestReport(t *testing.T) {
	got := run(t, testrun.Options{Dir: folder(t, map[string]string{"echo.js": echo, "lib/check.ts": `
export function check(n: number) {
  if (n > 2) throw new RangeError("too many: " + n);
}
`, "echo.test.ts": from + `
import { check } from "./lib/check";
describe("outer", () => {
  it("passes", () => expect(1 + 1).toBe(2));
  describe("inner", () => {
    it("fails", async () => {
      const answer = await request("/echo/boom");
      console.log("status", answer.status);
      expect(answer.status, "the status").toBe(200);
    });
  });
});
it("throws", () => check(3));
it.skip("is left out", () => check(3));
it.todo("is to come");
`})})
	want := `echo.test.ts
  ✓ outer › passes
  ✗ outer › inner › fails
      status 500
      AssertionError: the status
      expect(received).toBe(expected)

      expected: 200
      received: 500
        at echo.test.ts:10:43
        10 |       expect(answer.status, "the status").toBe(200);
           |                                           ^
      the apps logged:
`
	for _, part := range []string{want, `msg="a handler failed" app=echo route="GET /boom"`, `
  ✗ throws
      RangeError: too many: 3
        at check (lib/check.ts:3:20)
        3 |   if (n > 2) throw new RangeError("too many: " + n);
          |                    ^
        at echo.test.ts:14:20
  - is left out
  … is to come

1 passed, 2 failed, 1 skipped, 1 todo
1 file`} {
		if !strings.Contains(got.text, part) {
			t.Errorf("the report lacks\n%s\nit is\n%s", part, got.text)
		}
	}
}

// The order of hooks, and that one that fails is told once and takes its tests with it.
func TestHooks(t *testing.T) {
	passes(t, 4, from+`
const log: string[] = [];
beforeAll(() => { log.push("A"); });
beforeEach(async () => { await null; log.push("b"); });
afterEach(() => { log.push("e"); });
it("one", () => { log.push("1"); });
describe("inner", () => {
  beforeAll(() => { log.push("IA"); });
  beforeEach(() => { log.push("ib"); });
  afterEach(() => { log.push("ie"); });
  afterAll(() => { log.push("IZ"); });
  it("two", () => { log.push("2"); });
  it("three", () => { log.push("3"); });
});
it("last", () => expect(log.join(" ")).toBe("A b 1 e IA b ib 2 ie e b ib 3 ie e IZ b"));
`)
	got := runFile(t, from+`
describe("broken", () => {
  beforeAll(() => { throw new Error("no") });
  it("one", () => {});
  it("two", () => {});
});
it("others run", () => {});
it("fails once", () => { setTimeout(() => { throw new Error("late") }, 1); return new Promise((r) => setTimeout(r, 20)); });
`)
	if count(got, testrun.Failed) != 4 || count(got, testrun.Passed) != 1 || !strings.Contains(got.text, "✗ broken › (beforeAll)") || !strings.Contains(got.text, "Error: late") {
		t.Error(got.text)
	}
}

// A test that does not end is ended, and so is one that keeps the thread; the next ones run.
func TestTimeouts(t *testing.T) {
	got := runFile(t, from+`
it("never ends", () => new Promise(() => {}), 20);
it("has a wait of its own", { timeout: "20ms" }, () => new Promise(() => {}));
it("waits for the clock", async () => { await request("/echo/slow"); }, 20);
it("is well", () => {});
`)
	if count(got, testrun.Failed) != 3 || count(got, testrun.Passed) != 1 || strings.Count(got.text, "TimeoutError: the test took longer than 20ms") != 3 ||
		!strings.Contains(got.text, "a timer of the apps is due in") || !strings.Contains(got.text, "at echo.test.ts:3:1") {
		t.Error(got.text)
	}
	dir := folder(t, map[string]string{"a.test.js": `it("loops", () => { for (;;); }); it("is well", () => {});`})
	got = run(t, testrun.Options{Dir: dir, Timeout: 200 * time.Millisecond})
	if count(got, testrun.Failed) != 1 || count(got, testrun.Passed) != 1 || !strings.Contains(got.text, "a.test.js:1:") {
		t.Error(got.text)
	}
}

func TestSelection(t *testing.T) {
	text := from + `
describe("a", () => {
  it("x", () => {});
  it("y", () => {});
});
it("x", () => {});
`
	dir := folder(t, map[string]string{"echo.js": echo, "one.test.ts": text, "two.test.ts": strings.Replace(text, `it("y"`, `it.only("y"`, 1)})
	for _, tt := range []struct {
		filter func(string) bool
		want   int
	}{
		{nil, 4}, // of two only y
		{func(name string) bool { return name == "a x" }, 1},
		{func(name string) bool { return strings.Contains(name, "y") }, 2},
		{func(string) bool { return false }, 0},
	} {
		if got := run(t, testrun.Options{Dir: dir, Name: tt.filter}); count(got, testrun.Passed) != tt.want {
			t.Errorf("%d ran, want %d:\n%s", count(got, testrun.Passed), tt.want, got.text)
		}
	}
	passes(t, 6, from+`
it.each([[1, 2, 3], [2, 2, 4]])("%d + %d is %d", (a, b, c) => expect(a + b).toBe(c));
it.each([{ name: "ann", n: 3 }])("$name has $n letters", ({ name, n }) => expect(name).toHaveLength(n));
describe.each(["x", "y"])("%s", (name) => { it("is a letter", () => expect(name).toMatch(/^[a-z]$/)); });
it.fails("is wrong", () => expect(1).toBe(2));
it.skipIf(true)("never", () => expect(1).toBe(2));
`)
}

func TestBail(t *testing.T) {
	dir := folder(t, map[string]string{"a.test.js": `for (const n of [1, 2, 3, 4]) it("fails " + n, () => expect(n).toBe(0));`, "b.test.js": `it("is not reached", () => {});`})
	if got := run(t, testrun.Options{Dir: dir, Bail: 2}); count(got, testrun.Failed) != 2 || len(got.files) != 1 {
		t.Error(got.text)
	}
}

// What keeps a file from running is told with its place: a mistake in it, what its top level throws, an app that is broken.
func TestBrokenFiles(t *testing.T) {
	dir := folder(t, map[string]string{
		"syntax.test.ts": "let x = ;",
		"import.test.ts": `import "./nowhere";`,
		"top.test.ts":    "\nthrow new TypeError('at the top');",
		"bad.js":         "export default class Bad extends AppBase { @Get x( { } }",
		"bad.test.ts":    `import { it } from "sigil:test"; it("x", () => {});`,
		"late.test.ts":   `import { it } from "sigil:test"; it("x", () => { it("y", () => {}); });`,
	})
	got := run(t, testrun.Options{Dir: dir})
	for _, part := range []string{"syntax.test.ts:1:", `import.test.ts:1:`, "top.test.ts:2:7", "bad.js:1:", "while the file is loaded, not in a test"} {
		if !strings.Contains(got.text, part) {
			t.Errorf("the report lacks %q:\n%s", part, got.text)
		}
	}
	for _, f := range got.files {
		if !f.Failed() {
			t.Errorf("%s has not failed", f.Name)
		}
	}
}

// The end of the context ends a run at once.
func TestCancelled(t *testing.T) {
	dir := folder(t, map[string]string{"echo.js": echo, "echo.test.js": `it("waits", () => request("/echo/hello").then(() => new Promise(() => {})), "1h");`})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	testrun.New(testrun.Options{Dir: dir}).Run(ctx, []string{filepath.Join(dir, "echo.test.js")}, func(f *testrun.File) { t.Errorf("%s was told", f.Name) })
}
