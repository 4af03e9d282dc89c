package appbase

import (
	"fmt"
	"strings"
	"testing"
)

func TestRenderTemplates(t *testing.T) {
	w := emptyWorld(t)
	writeFiles(t, w.dir, map[string]string{
		"templates/index.html": `<!doctype html><p>{{.name}}</p>{{range .list}}<i>{{.}}</i>{{end}}`, "templates/bad.html": "\n{{.x",
	})
	w.load(`export default class App extends AppBase {
		@Get page() { return this.render("index.html", { name: "<b>", list: [1, 2.5] }); }
		@Get plain() { return this.render("index.html"); }
		@Get bad() { return this.render("bad.html", {}); }
		@Get odd() { return this.render("index.html", { a: 1n }); }
	}`)
	for target, want := range map[string]string{
		"/page":  `200 text/html;charset=UTF-8 <!doctype html><p>&lt;b&gt;</p><i>1</i><i>2.5</i>`,
		"/plain": `200 text/html;charset=UTF-8 <!doctype html><p></p>`,
		"/bad":   "templates/bad.html:2: unclosed action",
		"/odd":   "BigInt",
	} {
		if got := w.slowRequest("GET", target); !strings.Contains(got, want) {
			t.Errorf("%s: %s\nwant %s", target, got, want)
		}
	}
}

// slowRequest is request for a handler that waits for a goroutine of its own.
func (w *world) slowRequest(verb, target string) string {
	w.t.Helper()
	m := w.routes.HTTP(verb, target)
	answer := ""
	w.worker.Serve(m.Route, request(verb, target, "", nil, m.Params), func(r *Response, err error) {
		if answer = fmt.Sprint(err); err == nil {
			answer = fmt.Sprintf("%d %s %s", r.Status, r.Fields().Get("Content-Type"), r.Body)
		}
	})
	w.await(target, func() bool { return answer != "" })
	return answer
}
