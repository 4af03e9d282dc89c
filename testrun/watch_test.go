package testrun_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/internal/watch"
	"github.com/sigil-server/sigil/testrun"
)

// Watch runs what a change concerns: the test file itself, one that is new, those of an app or a module that changed.
func TestWatch(t *testing.T) {
	dir := folder(t, map[string]string{
		"echo.js":           echo,
		"echo.test.ts":      from + `it("x", async () => { expect((await request("/echo/hello")).status).toBe(200); });`,
		"shop/main.js":      `export default class Shop extends AppBase { @Get hello() { return "hi"; } }`,
		"shop/price.ts":     `export const price = 1;`,
		"shop/main.test.ts": from + `it("y", async () => { expect(await (await request("/shop/hello")).text()).toBe("hi"); });`,
		"shop/part.test.ts": from + `import { price } from "./price"; it("z", () => expect(price).toBe(1));`,
	})
	changes, err := watch.New(watch.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = changes.Close() }()
	rounds := make(chan []string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		var told []string
		ended <- testrun.New(testrun.Options{Dir: dir, Open: open, Jobs: 1}).Watch(ctx, changes, testrun.Round{
			Began: func([]string) { told = nil },
			File: func(f *testrun.File) {
				told = append(told, f.Name+map[bool]string{true: " failed"}[f.Failed()])
			},
			Ended: func() { rounds <- told },
		})
	}()
	next := func(what string, want ...string) {
		t.Helper()
		select {
		case got := <-rounds:
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: nothing ran", what)
		}
	}
	next("at first", "echo.test.ts", "shop/main.test.ts", "shop/part.test.ts")
	write(t, filepath.Join(dir, "echo.js"), strings.Replace(echo, `"hi "`, `"hello "`, 1))
	next("an app", "echo.test.ts")
	write(t, filepath.Join(dir, "shop/price.ts"), "export const price = 2;")
	next("a module", "shop/main.test.ts", "shop/part.test.ts failed")
	write(t, filepath.Join(dir, "shop/part.test.ts"), from+`it("z", () => {});`)
	next("a test", "shop/part.test.ts")
	write(t, filepath.Join(dir, "shop/new.test.ts"), from+`it("w", () => {});`)
	next("a new test", "shop/new.test.ts")
	if err := os.Remove(filepath.Join(dir, "shop/new.test.ts")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "echo.test.ts"), from+`it("x", () => { throw new Error("no"); });`)
	next("a test that fails", "echo.test.ts failed")
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it does not end")
	}
}
