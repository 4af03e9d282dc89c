package appbase

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sigil-server/sigil/scripting"
	"github.com/sigil-server/sigil/scripting/scriptingtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is one app on a loop that runs when the test says so. Its sockets record what they are told; the real ones are
// tested with the server.
type world struct {
	t      testing.TB
	dir    string
	loop   *scriptingtest.Loop
	worker *Worker
	routes *Routes
	log    *bytes.Buffer
	socks  map[string]*sock

	published []Publication
	rules     []TopicRule
}

// newWorld loads source as the app "app" and fails the test if that fails.
func newWorld(t testing.TB, source string) *world {
	t.Helper()
	w := emptyWorld(t)
	w.load(source)
	return w
}

func emptyWorld(t testing.TB) *world {
	t.Helper()
	return emptyWorldWith(t, func(*Options) {})
}

func emptyWorldWith(t testing.TB, set func(*Options)) *world {
	w := &world{t: t, dir: t.TempDir(), loop: scriptingtest.NewLoop(), log: &bytes.Buffer{}, socks: map[string]*sock{}}
	handler := slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})
	o := Options{
		CallTime: time.Minute, // a machine may be busy
		Name:     "app", Executor: w.loop, Host: w, Log: slog.New(handler), Config: map[string]any{"greeting": "hi", "deep": map[string]any{"n": 1}},
	}
	set(&o)
	w.worker = NewWorker(o)
	t.Cleanup(func() {
		w.worker.Stop("shutdown", func() {})
		w.loop.Advance(loadTime)
		if !reflect.ValueOf(w.worker.noMore).IsZero() {
			t.Errorf("what connections without a connMore of their own share was written to: %+v", w.worker.noMore)
		}
	})
	return w
}

func (w *world) compile(source string) *scripting.Program {
	w.t.Helper()
	writeFiles(w.t, w.dir, map[string]string{"app.ts": source})
	p, err := Compile(context.Background(), Source{Name: "app", Entry: filepath.Join(w.dir, "app.ts")})
	if err != nil {
		w.t.Fatalf("compile: %v", err)
	}
	return p
}

func (w *world) prepare(p *scripting.Program) *Generation {
	w.t.Helper()
	g, err := w.worker.Prepare(p, w.dir)
	if err != nil {
		w.t.Fatalf("prepare: %v", err)
	}
	return g
}

func (w *world) load(source string) {
	w.t.Helper()
	if err := w.tryLoad(source); err != nil {
		w.t.Fatalf("load: %v", err)
	}
}

// tryLoad compiles and loads, runs what is posted, and returns the error of loading.
func (w *world) tryLoad(source string) error {
	w.t.Helper()
	err := fmt.Errorf("still loading")
	w.worker.Evaluate(w.prepare(w.compile(source)), func(routes *Routes, failed error) {
		if failed != nil {
			err = failed
			return
		}
		w.worker.Swap(func() { w.routes, err = routes, nil })
	})
	w.loop.RunPosted()
	return err
}

// open connects to path with the given headers and query.
func (w *world) open(id, target string, headers ...string) *sock {
	w.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	route, params, ok := w.routes.Socket(path)
	if !ok {
		w.t.Fatalf("no socket route at %s", path)
	}
	s := &sock{state: 1}
	w.socks[id] = s
	s.conn = w.worker.Open(s, route, request("GET", path, query, nil, params, headers...), Admission{}, "", id)
	w.loop.RunPosted()
	return s
}

// get answers an HTTP request as "status type body".
func (w *world) request(verb, target, body string, headers ...string) string {
	w.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	m := w.routes.HTTP(verb, path)
	if m.Outcome != Found {
		w.t.Fatalf("%s %s: outcome %d", verb, path, m.Outcome)
	}
	answer := "pending"
	req := request(verb, path, query, []byte(body), m.Params, headers...)
	if query != "" {
		req.URL += "?" + query
	}
	w.worker.Serve(m.Route, req, func(r *Response, err error) {
		if err != nil {
			answer = "error " + err.Error()
			return
		}
		answer = strings.TrimSpace(fmt.Sprintf("%d %s %s", r.Status, r.Fields().Get("Content-Type"), r.Body))
	})
	w.loop.RunPosted()
	return answer
}

// await runs the loop until done, while goroutines work.
func (w *world) await(what string, done func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	if err := w.loop.Wait(ctx, done); err != nil {
		w.t.Fatalf("waited in vain for %s; the log:\n%s", what, w.log)
	}
}

func request(verb, path, query string, body []byte, params map[string]string, headers ...string) *Request {
	h := http.Header{"Host": {"example.test"}}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &Request{
		Method: verb, URL: "http://example.test/app" + path, Path: "/app" + path, RawQuery: query, Header: h, Body: body,
		Params: params, RemoteAddress: "192.0.2.7",
	}
}

// The world is the host: topics and broadcast over its sockets.
func (w *world) Subscribe(s Socket, topic string) error {
	if len(topic) > 20 {
		return errors.New("the name is too long")
	}
	s.(*sock).topics = append(s.(*sock).topics, topic)
	return nil
}

func (w *world) Unsubscribe(s Socket, topic string) {
	s.(*sock).topics = slices.DeleteFunc(s.(*sock).topics, func(t string) bool { return t == topic })
}

func (w *world) Follow(s Socket, topic string, since *Position, _ bool) (Following, error) {
	return Following{Position: Position{"e", 7}, Recovered: since != nil && since.Epoch == "e"}, w.Subscribe(s, topic)
}

func (w *world) Publish(topic string, m Message, o PublishOptions) (Receipt, error) {
	r := Receipt{Position: Position{"e", uint64(len(w.published) + 1)}}
	w.published = append(w.published, Publication{r.Position, m, time.UnixMilli(5)})
	for _, s := range w.socks {
		if s != o.Except && slices.Contains(s.topics, topic) {
			s.Send(m.Text)
			r.Reached++
		}
	}
	return r, nil
}

func (w *world) Broadcast(m Message, except []Socket) int {
	n := 0
	for _, s := range w.socks {
		if !slices.Contains(except, Socket(s)) {
			s.Send(m.Text)
			n++
		}
	}
	return n
}

func (w *world) Configure(rules []TopicRule) { w.rules = rules }

func (w *world) Rule(topic string) int {
	return slices.IndexFunc(w.rules, func(r TopicRule) bool {
		return strings.HasPrefix(topic, strings.TrimSuffix(r.Pattern, "*"))
	})
}

func (w *world) Enter(string, Member) bool { return true }

func (w *world) Exit(_, id string, _ time.Duration, left func(Member)) { left(Member{ID: id}) }

func (w *world) Members(string, int) ([]Member, int) { return []Member{{ID: `7`}}, 1 }

func (w *world) History(_ string, limit int) []Publication {
	return w.published[max(0, len(w.published)-limit):]
}

// sock records what a connection is told, and keeps what arrives while it is held.
type sock struct {
	conn    *Conn
	sent    []string
	held    bool
	kept    []func()
	running bool
	state   int
	pending int
	drained []func()
	topics  []string
	closed  string
}

func (s *sock) Send(text string) bool {
	if s.state == 1 {
		s.sent = append(s.sent, text)
	}
	return s.state == 1
}

func (s *sock) SendBytes(data []byte) bool { return s.Send("bytes:" + string(data)) }
func (s *sock) BufferedAmount() int        { return s.pending }
func (s *sock) WhenDrained(fn func()) bool {
	if s.pending == 0 {
		return false
	}
	s.drained = append(s.drained, fn)
	return true
}

// drain tells that everything was written.
func (s *sock) drain() {
	s.pending = 0
	waiting := s.drained
	s.drained = nil
	for _, fn := range waiting {
		fn()
	}
}

func (s *sock) ReadyState() int { return s.state }
func (s *sock) Hold()           { s.held = true }

func (s *sock) Release() {
	s.held = false
	s.run()
}

func (s *sock) Close(code int, reason string) {
	if s.state == 1 {
		s.state, s.closed = 2, fmt.Sprintf("%d %s", code, reason)
	}
}

// arrive gives the connection something, now or when it is released.
func (s *sock) arrive(fn func()) {
	s.kept = append(s.kept, fn)
	s.run()
}

func (s *sock) run() {
	if s.running {
		return
	}
	s.running = true
	for len(s.kept) > 0 && !s.held {
		next := s.kept[0]
		s.kept = s.kept[1:]
		next()
	}
	s.running = false
}

func (s *sock) text(texts ...string) {
	for _, text := range texts {
		s.arrive(func() { s.conn.Text(text) })
	}
}

func (s *sock) end(code int, reason string) {
	s.arrive(func() {
		s.state = 3
		s.conn.Closed(code, reason)
	})
}

// got returns what was sent so far, and forgets it.
func (s *sock) got() string {
	text := strings.Join(s.sent, "|")
	s.sent = nil
	return text
}

func (s *sock) want(t testing.TB, want string) {
	t.Helper()
	if got := s.got(); got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
}
