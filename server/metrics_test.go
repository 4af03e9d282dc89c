package server

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// metric is the value of a series, "" when there is none.
func metric(t *testing.T, s *site, series string) string {
	t.Helper()
	for line := range strings.Lines(adminGet(t, s, "/metrics")) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// metricIs waits until a series has a value: a loop that is busy tells of itself in a later scrape. It returns the last one.
func metricIs(t *testing.T, s *site, series, want string) (got string) {
	t.Helper()
	for deadline := time.Now().Add(clientPatience); ; {
		if got = metric(t, s, series); got == want || time.Now().After(deadline) {
			return got
		}
	}
}

const measured = `
export default class Measured extends AppBase {
  @Websocket echo(ws) { ws.onMessage((text) => { if (text === "throw") throw new Error("no"); if (text === "spin") for (;;); ws.send(text); }); }
  @Get ok() { return "ok"; }
  @Get bad() { throw new Error("bad"); }
}`

// What happens shows in the metrics.
func TestMetrics(t *testing.T) { bothWays(t, testMetrics) }

func testMetrics(t *testing.T) {
	s := startSite(t, files{"measured.js": measured}, func(o *Options) {
		o.AdminListen, o.Limits.CallTime, o.Limits.Socket.MaxMessageBytes = "127.0.0.1:0", time.Second, 100
	})
	c := s.dial("/measured/echo")
	for range 3 {
		c.send(opText, "hello")
		c.want("hello")
	}
	c.send(opText, "throw")
	c.send(opText, "spin")
	c.send(opText, strings.Repeat("x", 101))
	c.wantEnd("1009 the message is too big")
	open := s.dial("/measured/echo")
	defer open.leave()
	own := s.dial("/measured/echo")
	own.send(opClose, "\x0f\xa1") // 4001
	if _, err := own.read(); err != nil {
		t.Fatal(err)
	}
	_ = s.handshake("/measured/echo", "Origin: https://evil.example").body()
	_ = s.get("/measured/ok")
	_, _ = s.do("GET", "/measured/bad", "")
	_, _ = s.do("GET", "/nothing", "")
	s.save(files{"measured.js": "nonsense("})
	s.log.wait(t, "cannot be loaded")
	for series, want := range map[string]string{
		`sigil_app_up{app="measured"}`: "0", `sigil_app_generation{app="measured"}`: "1",
		`sigil_connections{app="measured"}`: "1", `sigil_connections_opened_total{app="measured"}`: "3",
		`sigil_connections_closed_total{app="measured",code="1009"}`: "1", `sigil_connections_closed_total{app="measured",code="4xxx"}`: "1",
		`sigil_messages_total{app="measured",direction="in"}`: "5", `sigil_messages_total{app="measured",direction="out"}`: "3",
		`sigil_limits_total{app="measured",limit="message_bytes"}`: "1", `sigil_limits_total{app="measured",limit="fragments"}`: "0",
		`sigil_limits_total{app="measured",limit="call_time"}`: "1", `sigil_limits_total{app="measured",limit="origin"}`: "1",
		`sigil_limits_total{app="",limit="connections"}`: "0",
		`sigil_script_errors_total{app="measured"}`:      "3", `sigil_panics_total{app="measured"}`: "0",
		`sigil_http_requests_total{app="measured",class="1xx"}`: "3", `sigil_http_requests_total{app="measured",class="2xx"}`: "1",
		`sigil_http_requests_total{app="measured",class="4xx"}`: "1", `sigil_http_requests_total{app="measured",class="5xx"}`: "1",
		`sigil_http_requests_total{app="",class="4xx"}`: "1", `sigil_http_request_seconds_count{app="measured"}`: "3",
		`sigil_reload_seconds_count{app="measured",result="ok"}`: "1", `sigil_reload_seconds_count{app="measured",result="failed"}`: "1",
		`sigil_loop_stalled{app="measured"}`: "0", `sigil_partial_bytes`: "0", `sigil_partial_bytes_limit`: "6.7108864e+07",
	} {
		if got := metricIs(t, s, series, want); got != want {
			t.Errorf("%s is %q, want %q", series, got, want)
		}
	}
	for _, series := range []string{`sigil_bytes_total{app="measured",direction="out"}`, `sigil_loop_turn_seconds_count{app="measured"}`, "go_goroutines", "process_open_fds", "sigil_connections_limit"} {
		if got := metric(t, s, series); got == "" || got == "0" {
			t.Errorf("%s is %q", series, got)
		}
	}
	if text := adminGet(t, s, "/metrics"); !regexp.MustCompile(`(?m)^# HELP sigil_limits_total `).MatchString(text) || strings.Contains(text, "error") && strings.Contains(text, "collected before") {
		t.Errorf("got %.300s", text)
	}
}

// A loop that is busy does not keep a scrape waiting: what it told before is what there is.
func TestMetricsOfAStalledLoop(t *testing.T) {
	s, busy, other := startBusy(t, func(o *Options) { o.AdminListen = "127.0.0.1:0" })
	const stalled = `sigil_loop_stalled{app="busy"}`
	if got := metricIs(t, s, stalled, "1"); got != "1" {
		t.Errorf("while a loop is busy %q are stalled", got)
	}
	if got := metric(t, s, `sigil_connections{app="busy"}`); got != "2" {
		t.Errorf("%q connections", got)
	}
	other.send(opText, "enough")
	other.want("enough")
	busy.want("keep")
	if got := metricIs(t, s, stalled, "0"); got != "0" {
		t.Errorf("after it %q are stalled", got)
	}
}

// The metrics of an app go with it.
func TestMetricsOfARemovedApp(t *testing.T) {
	s := startSite(t, files{"measured.js": measured, "other.js": measured}, func(o *Options) { o.AdminListen = "127.0.0.1:0" })
	_ = s.get("/other/ok")
	other := filepath.Join(s.dir, "other.js")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	s.changed(other)
	s.log.wait(t, "app removed")
	deadline := time.Now().Add(clientPatience)
	for strings.Contains(adminGet(t, s, "/metrics"), `app="other"`) {
		if time.Now().After(deadline) {
			t.Fatal("the app's metrics are still there")
		}
	}
}

// A limit is logged at once, then once a second with the number of times since.
func TestNotices(t *testing.T) { bothWays(t, testNotices) }

func testNotices(t *testing.T) {
	var log logBuffer
	n := newNotices(slog.New(slog.NewTextHandler(&log, nil)), []string{"known"})
	clock := time.Unix(1, 0)
	n.now = func() time.Time { return clock }
	for range 5 {
		n.note("queue", "remote", "a")
	}
	clock = clock.Add(noticeEvery)
	n.note("queue", "remote", "b")
	n.note("queue", "remote", "c")
	n.note("rate")
	n.flush()
	var got []string
	for line := range strings.Lines(log.String()) {
		_, rest, _ := strings.Cut(line, "times=")
		limit, _, _ := strings.Cut(line[strings.Index(line, "limit=")+len("limit="):], " ")
		got = append(got, limit+" "+strings.TrimSpace(rest))
	}
	if want := "queue 1 remote=a; queue 5 remote=b; rate 1; queue 1"; strings.Join(got, "; ") != want {
		t.Errorf("logged %s, want %s", strings.Join(got, "; "), want)
	}
	if got := fmt.Sprint(n.totals()); got != "map[known:0 queue:7 rate:1]" {
		t.Errorf("totals %s", got)
	}
}

// Every limit that can be counted says what it does.
func TestEffects(t *testing.T) {
	for _, limit := range append(serverLimits(), appLimits()...) {
		if effectOf(limit) == "" {
			t.Errorf("%s has no effect", limit)
		}
	}
}

// The page for operators tells of every metric and every limit.
func TestOperationsPageIsWhole(t *testing.T) {
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	names := append(serverLimits(), appLimits()...)
	for name := range newLoopStats(&Server{}).descs {
		names = append(names, "sigil_"+strings.TrimSuffix(name, "_limit"))
	}
	for _, name := range append(names, "sigil_http_requests_total", "sigil_http_request_seconds", "sigil_reload_seconds") {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/operations.md does not tell of %s", name)
		}
	}
}
