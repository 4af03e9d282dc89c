package appbase

import (
	"strings"
	"testing"
)

// What @Cors cannot mean is an error that says what to write.
func TestCorsMistakes(t *testing.T) {
	for annotation, want := range map[string]string{
		`@Cors`:                       "has to be told who",
		`@Cors()`:                     "takes an origin",
		`@Cors({})`:                   "say which pages",
		`@Cors("example.com")`:        "is not an origin",
		`@Cors("https://a.example/")`: "is not an origin",
		`@Cors({ origins: "*", credentials: true })`:                      "list the origins",
		`@Cors({ origins: ["https://a.example", "*"], credentials: 1 })`:  "true or false",
		`@Cors({ origins: "https://a.example", maxAge: -1 })`:             "maxAge",
		`@Cors({ origins: "https://a.example", headers: "a b" })`:         "is not a name",
		`@Cors({ origins: "https://a.example", origin: "https://b.com"})`: "does not know the option",
		`@Websocket @Cors("*")`:                                           "@Websocket({ origins })",
	} {
		w := emptyWorld(t)
		verb := "@Get "
		if strings.HasPrefix(annotation, "@Websocket") {
			verb = ""
		}
		err := w.tryLoad("export default class App extends AppBase {\n  " + annotation + " " + verb + "x() {}\n}")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "app.ts:2:") {
			t.Errorf("%s: %v, want %q", annotation, err, want)
		}
	}
}

// Guards run from the outside in: those of the class, those above the method from top to bottom, those in its options.
func TestGuardOrder(t *testing.T) {
	w := newWorld(t, `
const trace = (name) => Guard((req) => { (req.user ??= []).push(name); });
@trace("class 1") @trace("class 2")
export default class App extends AppBase {
  @trace("method 1") @trace("method 2") @Get({ guard: [(req) => { req.user.push("option 1"); }, (req) => { req.user.push("option 2"); }] })
  who(req) { return req.user.join(", "); }
}`)
	if got := w.request("GET", "/who", ""); !strings.HasSuffix(got, "class 1, class 2, method 1, method 2, option 1, option 2") {
		t.Error(got)
	}
}
