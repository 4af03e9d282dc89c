package server

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// expiries tells a scrape when certificates end.
type expiries struct {
	desc *prometheus.Desc
	ask  func() map[string]time.Time
}

func newExpiries(ask func() map[string]time.Time) *expiries {
	return &expiries{prometheus.NewDesc("sigil_certificate_expires_seconds", "When the certificate shown for a name ends, in seconds since 1970.", []string{"name"}, nil), ask}
}

// Describe implements [prometheus.Collector].
func (e *expiries) Describe(out chan<- *prometheus.Desc) { out <- e.desc }

// Collect implements [prometheus.Collector].
func (e *expiries) Collect(out chan<- prometheus.Metric) {
	all := e.ask()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out <- prometheus.MustNewConstMetric(e.desc, prometheus.GaugeValue, float64(all[name].Unix()), name)
	}
}
