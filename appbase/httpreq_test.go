package appbase

import "testing"

// An HttpReq is an object like others, whoever made it.
func TestHttpReqIsOrdinary(t *testing.T) {
	w := newWorld(t, `export default class App extends AppBase {
		@Get("/a/:id") m(req) {
			const seen = [req instanceof HttpReq, req instanceof Request, Object.keys(req).length, "url" in req, "params" in req, Object.hasOwn(req, "url")];
			const key = Symbol("mine");
			req[key] = 1;
			Object.defineProperty(req, "fixed", { value: 2 });
			req.user = { id: 3 };
			seen.push(req[key], req.fixed, Object.keys(req).join());
			const get = (name) => Object.getOwnPropertyDescriptor(Request.prototype, name).get;
			seen.push(get("method").call(req), new URL(get("url").call(req)).pathname, get("headers").call(req) === req.headers);
			seen.push(new Proxy(req, {}).params.id, Object.isFrozen(Object.freeze(req)), req.path);
			for (const wrong of [() => get("url").call({}), () => Request.prototype.url, () => { "use strict"; req.url = "" }, () => new HttpReq()]) {
				try { wrong(); seen.push("nothing") } catch (error) { seen.push(error.name) }
			}
			return seen.join(" ");
		}
		@Get async copy(req) {
			const copy = new Request(req, { method: "POST", body: "x" });
			return [copy.method, copy.url === req.url, copy.clone().headers.get("x-a"), await copy.text(), new Request(req).method].join(" ");
		}
	}`)
	const want = "200 text/plain;charset=UTF-8 true true 0 true true false 1 2 user GET /app/a/7 true 7 true /app/a/7 TypeError TypeError TypeError TypeError"
	if got := w.request("GET", "/a/7", ""); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := w.request("GET", "/copy", "", "X-A", "b"); got != "200 text/plain;charset=UTF-8 POST true b x GET" {
		t.Errorf("got %s", got)
	}
}
