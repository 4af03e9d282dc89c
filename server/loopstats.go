package server

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sigil-server/sigil/wsconn"
)

// loopStats hands what the loops count, and the server knows of apps, to a scrape: nothing is added to what a loop does
// for a message but plain counting.
type loopStats struct {
	server *Server
	descs  map[string]*prometheus.Desc
	bounds []time.Duration
}

func newLoopStats(s *Server) *loopStats {
	l := &loopStats{server: s, descs: map[string]*prometheus.Desc{}, bounds: wsconn.TurnBounds()}
	for _, d := range []struct {
		name, help string
		labels     []string
	}{
		{"app_up", "1 while the app's newest code serves, 0 when it could not be loaded (an older generation may serve).", []string{"app"}},
		{"app_generation", "Number of the generation that serves.", []string{"app"}},
		{"workers", "Workers of the app: loops, each with a runtime of its own.", []string{"app"}},
		{"connections", "Open WebSockets.", []string{"app"}},
		{"connections_opened_total", "WebSockets that were opened.", []string{"app"}},
		{"connections_closed_total", "WebSockets that have ended, by the code of the first Close frame, 1006 without one; 3xxx and 4xxx are an app's own.", []string{"app", "code"}},
		{"messages_total", "Messages that arrived, or were taken for sending.", []string{"app", "direction"}},
		{"bytes_total", "Bytes read from and written to WebSockets.", []string{"app", "direction"}},
		{"messages_dropped_total", "Outgoing messages refused by, or dropped from, a full queue.", []string{"app"}},
		{"protocol_errors_total", "WebSockets closed because the client broke the protocol.", []string{"app"}},
		{"limits_total", "Times a limit acted, by its name.", []string{"app", "limit"}},
		{"script_errors_total", "Errors of an app's code.", []string{"app"}},
		{"panics_total", "Panics of the server's own code on an app's loop.", []string{"app"}},
		{"loop_turn_seconds", "How long one turn of a loop of the app took, which is how long something could wait for it.", []string{"app"}},
		{"loop_lag_seconds", "How long the slowest loop of the app took to answer this scrape.", []string{"app"}},
		{"loop_stalled", "1 when a loop of the app did not answer this scrape in time; its counters are those of an earlier one.", []string{"app"}},
		{"connections_refused_total", "Connections that ended before a request of them was served, by the reason.", []string{"reason"}},
		{"connections_limit", "How many WebSockets the server allows.", nil},
		{"http_connections", "Open HTTP connections.", nil},
		{"partial_bytes", "Bytes held of messages that have arrived in part.", nil},
		{"partial_bytes_limit", "How many of these the server allows.", nil},
	} {
		l.descs[d.name] = prometheus.NewDesc("sigil_"+d.name, d.help, d.labels, nil)
	}
	return l
}

// Describe implements [prometheus.Collector].
func (l *loopStats) Describe(out chan<- *prometheus.Desc) {
	for _, d := range l.descs {
		out <- d
	}
}

// Collect implements [prometheus.Collector]. All loops are asked at once.
func (l *loopStats) Collect(out chan<- prometheus.Metric) {
	s := l.server
	deadline := make(chan struct{})
	timer := time.AfterFunc(scrapeWithin, func() { close(deadline) })
	defer timer.Stop()
	var asked sync.WaitGroup
	for _, a := range s.table.all() {
		asked.Go(func() { (&sample{l, out, a.name}).app(a, a.tally.read(deadline)) })
	}
	asked.Wait()
	whole := &sample{loopStats: l, out: out}
	whole.limits(s.notices, "")
	whole.refused(s)
	whole.gauge("connections_limit", float64(s.slots.max))
	whole.gauge("http_connections", float64(s.slots.http.Load()))
	whole.gauge("partial_bytes", float64(s.options.partial.Used()))
	whole.gauge("partial_bytes_limit", float64(s.options.Limits.MaxPartialBytes))
}

// sample is one scrape of one app.
type sample struct {
	*loopStats
	out  chan<- prometheus.Metric
	name string
}

func (s *sample) counter(name string, value uint64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(s.descs[name], prometheus.CounterValue, float64(value), labels...)
}

func (s *sample) gauge(name string, value float64, labels ...string) {
	s.out <- prometheus.MustNewConstMetric(s.descs[name], prometheus.GaugeValue, value, labels...)
}

func (s *sample) limits(n *notices, app string) {
	for limit, times := range n.totals() {
		s.counter("limits_total", times, app, limit)
	}
}

// app samples one app.
func (s *sample) app(a *app, r loopReading) {
	now := a.current.Load()
	s.gauge("app_up", number(now.err == nil && now.routes != nil), s.name)
	s.gauge("app_generation", float64(now.generation), s.name)
	s.gauge("workers", float64(len(a.all())), s.name)
	s.gauge("connections", float64(a.open.Load()), s.name)
	s.counter("connections_opened_total", r.Opened, s.name)
	for code, times := range byCode(r.Closed) {
		s.counter("connections_closed_total", times, s.name, code)
	}
	s.counter("messages_total", r.MessagesIn, s.name, "in")
	s.counter("messages_total", r.MessagesOut, s.name, "out")
	s.counter("bytes_total", r.BytesIn, s.name, "in")
	s.counter("bytes_total", r.BytesOut, s.name, "out")
	s.counter("messages_dropped_total", r.Dropped, s.name)
	s.counter("protocol_errors_total", r.Violations, s.name)
	s.limits(a.notices, s.name)
	s.counter("script_errors_total", a.errors.Load(), s.name)
	s.counter("panics_total", r.Panics, s.name)
	s.turns(r)
	s.gauge("loop_lag_seconds", r.lag.Seconds(), s.name)
	s.gauge("loop_stalled", number(r.stalled), s.name)
}

// turns makes a histogram of what a loop has sorted already.
func (s *sample) turns(r loopReading) {
	buckets, below := map[float64]uint64{}, uint64(0)
	for i, bound := range s.bounds {
		below += r.Turns[i]
		buckets[bound.Seconds()] = below
	}
	total := below + r.Turns[len(s.bounds)]
	s.out <- prometheus.MustNewConstHistogram(s.descs["loop_turn_seconds"], total, r.TurnTime.Seconds(), buckets, s.name)
}

// byCode names the codes, those of apps' own together, so that clients cannot make metrics as they please.
func byCode(closed map[int]uint64) map[string]uint64 {
	named := map[string]uint64{}
	for code, times := range closed {
		name := strconv.Itoa(code)
		if code >= 3000 {
			name = name[:1] + "xxx"
		}
		named[name] += times
	}
	return named
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
