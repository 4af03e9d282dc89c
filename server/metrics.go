package server

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what the server measures of itself, beside what every loop counts on its own (loopStats). It may be used
// from any goroutine; a nil one measures nothing.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec   // app, class
	times    *prometheus.HistogramVec // app
	reloads  *prometheus.HistogramVec // app, result
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sigil_http_requests_total", Help: "HTTP requests answered, WebSocket handshakes (1xx) included, by class of the status.",
		}, []string{"app", "class"}),
		times: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sigil_http_request_seconds", Help: "Time from a request's header to the end of its answer.",
			Buckets: []float64{.0005, .001, .005, .025, .1, .5, 1, 5, 30},
		}, []string{"app"}),
		reloads: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sigil_reload_seconds", Help: "Builds of an app's code, by whether the code went live, did not load, or is what serves already.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, 1, 5, 10},
		}, []string{"app", "result"}),
	}
	m.registry.MustRegister(m.requests, m.times, m.reloads,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// handler answers a scrape. Errors of single collectors leave the rest.
func (m *metrics) handler(log *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
	})
}

// request counts an answer; status 0 is the 200 of net/http.
func (m *metrics) request(app string, status int, took time.Duration) {
	if m == nil {
		return
	}
	if status == 0 {
		status = http.StatusOK
	}
	m.requests.WithLabelValues(app, strconv.Itoa(status/100)+"xx").Inc()
	if status != http.StatusSwitchingProtocols {
		m.times.WithLabelValues(app).Observe(took.Seconds())
	}
}

// built counts a build.
func (m *metrics) built(app string, o outcome, took time.Duration) {
	if m == nil {
		return
	}
	result := "same"
	switch {
	case o.err != nil:
		result = "failed"
	case o.fresh:
		result = "ok"
	}
	m.reloads.WithLabelValues(app, result).Observe(took.Seconds())
}

// forget drops what belongs to an app that is gone.
func (m *metrics) forget(app string) {
	if m == nil {
		return
	}
	of := prometheus.Labels{"app": app}
	m.requests.DeletePartialMatch(of)
	m.times.DeletePartialMatch(of)
	m.reloads.DeletePartialMatch(of)
}
