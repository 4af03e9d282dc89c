package appbase

import (
	"strings"
	"testing"
)

func TestOnlyOwnAnnotatedMethodsAreRoutes(t *testing.T) {
	w := newWorld(t, `
		class Base extends AppBase { @Get inherited() { return 1; } helper() {} }
		export default class App extends Base {
			@Get own() {} helper2() {} _x() {} #y() {} field = () => 1; static s() {}
			@Websocket("/a/:b") room(ws) {}
			@Get @Post("/both") both() {}
		}`)
	var got []string
	for _, r := range w.routes.All() {
		got = append(got, r.String())
	}
	if strings.Join(got, "; ") != "GET /own; WS /a/:b; POST /both; GET /both" {
		t.Errorf("routes: %s", strings.Join(got, "; "))
	}
	for _, path := range []string{"/constructor", "/__proto__", "/toString", "/hasOwnProperty", "/_x", "/#y", "/helper", "/helper2", "/inherited", "/field", "/s", "/name", "/log"} {
		if m := w.routes.HTTP("GET", path); m.Outcome != NotFound {
			t.Errorf("%s can be reached", path)
		}
		if _, _, ok := w.routes.Socket(path); ok {
			t.Errorf("%s can be reached by an upgrade", path)
		}
	}
}

func TestExposePublic(t *testing.T) {
	w := newWorld(t, `@Api({ expose: "public", version: "2.0.0", title: "T" })
		export default class App extends AppBase { hello() { return "hi"; } _hidden() {} #p() {} @Websocket ws() {} get prop() { return 1; } }`)
	if got := w.request("GET", "/hello", ""); got != "200 text/plain;charset=UTF-8 hi" {
		t.Error(got)
	}
	for _, path := range []string{"/_hidden", "/constructor", "/prop", "/name"} {
		if m := w.routes.HTTP("GET", path); m.Outcome != NotFound {
			t.Errorf("%s can be reached", path)
		}
	}
	if info := w.routes.Info; info.Version != "2.0.0" || info.Title != "T" {
		t.Errorf("info %+v", info)
	}
}

func TestFindingTheClass(t *testing.T) {
	for _, source := range []string{
		`export default class extends AppBase { @Get x() {} }`,
		`export class App extends AppBase { @Get x() {} } export class Helper {} export const n = 1;`,
		`@Api class App extends AppBase { @Get x() {} }`,
		`@Api({ title: "plain" }) class App { @Get x() {} }`,
		`import { AppBase as Base, Get as G } from "sigil"; export default class App extends Base { @G x() {} }`,
		`class A extends AppBase {} class B extends AppBase { @Get x() {} } export { A, B as default };`,
	} {
		if w := newWorld(t, source); w.routes.HTTP("GET", "/x").Outcome != Found {
			t.Errorf("%s: the route is missing", source)
		}
	}
}

func TestMistakesInAnnotations(t *testing.T) {
	for body, want := range map[string]string{
		`@Get({ pth: "/x" }) a() {}`:                           `app.ts:1:45: TypeError: @Get does not know the option "pth"; it takes path, summary`,
		`@Get(5) a() {}`:                                       `@Get takes a text or an object of options, not 5`,
		`@Websocket({ reload: "never" }) a() {}`:               `reload is one of reattach, restart, drain`,
		`@Websocket({ limits: { messageBytes: -1 } }) a() {}`:  `limits.messageBytes is a whole number above 0`,
		`@Websocket({ limits: { overflow: "shrug" } }) a() {}`: `limits.overflow is one of close, drop-oldest, drop-newest, not the text "shrug"`,
		`@Websocket({ limits: { writeStall: "1ms" } }) a() {}`: `limits.writeStall is a duration of 10 ms to 24 h, such as "30s", not the text "1ms"`,
		`@Websocket({ limits: { writeStall: NaN } }) a() {}`:   `limits.writeStall is a duration`,
		`@Websocket({ limits: { bodyBytes: 1 } }) a() {}`:      `@Websocket limits does not know the option "bodyBytes"; it takes messageBytes, fragments`,
		`@Websocket({ guard: 1 }) a() {}`:                      `a guard is a function`,
		`@Scheduled({ every: "soon" }) a() {}`:                 `every is a duration such as "30s"`,
		`@Scheduled a() {}`:                                    `takes either every`,
		`@Get #a() {}`:                                         `a #private method cannot be called by the server`,
		`@Get static a() {}`:                                   `a static method cannot be called`,
		`@Get a = 1`:                                           `@Get belongs on a method; a is a field`,
		`@Api a() {}`:                                          `@Api belongs on the class`,
		`@Websocket @Get a() {}`:                               `a is http and websocket at once`,
		`@Guard(() => true) a() {}`:                            `the method has no route to guard`,
		`@Get log() {}`:                                        `log hides this.log of AppBase: give the method another name, and @Get the path "/log"`,
		`@Guard a() {}`:                                        `@Guard`,
		`@Get("/a/../b") a() {}`:                               `app.ts:1:60: TypeError: path "/a/../b": segment 2 is ".."`,
		`@Get("/:x") a() {} @Get("/:y") b() {}`:                `app.ts:1:75: TypeError: a and b both answer at /:y`,
	} {
		w := emptyWorld(t)
		err := w.tryLoad(`export default class App extends AppBase { ` + body + ` }`)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", body, err, want)
		}
	}
	for source, want := range map[string]string{
		`export default class A extends AppBase { @Websocket({ compress: 1 }) a() {} }`:             "compress is true, false or an object with contextTakeover",
		`export default class A extends AppBase { @Websocket({ compress: { level: 10 } }) a() {} }`: "compress.level is 1 (fast) to 9 (small), not 10",
		`export default class A extends AppBase { @Websocket({ compress: { window: 9 } }) a() {} }`: `@Websocket compress does not know the option "window"`,
		`class App extends AppBase { @Get a() {} }`:                                                 "the class may only lack `export default`",
		`export default class App { @Get a() {} }`:                                                  "the default export App is a class that does not extend AppBase",
		`export default function go() {}`:                                                           "the default export go is a function",
		`export class A extends AppBase {} export class B extends AppBase {}`:                       "A, B all could be",
		`export default { fetch: 1 }`:                                                               "no app class",
		`@Api({ limits: { rateExceeded: 1 } }) export default class A extends AppBase {}`:           `@Api: limits.rateExceeded is one of wait, close, not 1`,
		`@Api({ workers: 0 }) export default class A extends AppBase {}`:                            `workers is "auto", "connection" or a number from 1 to 256, not`,
		`@Get export default class A extends AppBase {}`:                                            "@Get belongs on a method; A is a class",
	} {
		w := emptyWorld(t)
		if err := w.tryLoad(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", source, err, want)
		}
	}
}

// What other decorators make of a method is what runs, on whichever side of the annotation they stand.
func TestAnnotationsBesideOtherDecorators(t *testing.T) {
	w := newWorld(t, `
		const twice = (method) => function (...args) { return method.apply(this, args).repeat(2); };
		export default class App extends AppBase {
			@Get @twice below() { return "a"; }
			@twice @Get above() { return this.name[0] + "b"; }
			@twice @Guard(() => true) @Get @twice both() { return "c"; }
		}`)
	for path, want := range map[string]string{"/below": "aa", "/above": "abab", "/both": "cccc"} {
		if got := w.request("GET", path, ""); got != "200 text/plain;charset=UTF-8 "+want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestAppsDoNotShareGlobals(t *testing.T) {
	a := newWorld(t, `Array.prototype.mine = 1; globalThis.mine = 2; export default class App extends AppBase { @Get x() { return [].mine; } }`)
	b := newWorld(t, `export default class App extends AppBase { @Get x() { return [typeof [].mine, typeof mine]; } }`)
	if got := a.request("GET", "/x", ""); got != "200 application/json 1" {
		t.Error(got)
	}
	if got := b.request("GET", "/x", ""); got != `200 application/json ["undefined","undefined"]` {
		t.Error(got)
	}
}

func TestSigilModuleHasEveryGlobal(t *testing.T) {
	w := newWorld(t, `import * as sigil from "sigil";
		export default class App extends sigil.AppBase { @sigil.Get x() { return Object.keys(sigil).filter((k) => sigil[k] === undefined || sigil[k] !== globalThis[k]); } }`)
	if got := w.request("GET", "/x", ""); got != "200 application/json []" {
		t.Error(got)
	}
}
