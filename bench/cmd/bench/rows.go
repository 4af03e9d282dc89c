package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/sigil-server/sigil/bench/load"
)

// A row is one kind of load, and how its figures are shown.
type row struct {
	name string
	load interface {
		Run(load.Target, load.Times) (load.Result, error)
	}
	shown kind
}

type kind int

const (
	throughput kind = iota // messages, with CPU and latency
	memory                 // bytes per connection
	stalled                // growth of memory, and p99 before and beside
	requests               // of HTTP: as throughput, of the peers that serve it
	changes                // of presence: as throughput, of those that have it
)

func allRows() []row {
	return []row{
		{"echo 100x1x32", load.Echo{Connections: 100, InFlight: 1, Bytes: 32}, throughput},
		{"echo 100x16x32", load.Echo{Connections: 100, InFlight: 16, Bytes: 32}, throughput},
		{"echo 1000x1x128", load.Echo{Connections: 1000, InFlight: 1, Bytes: 128}, throughput},
		{"echo 100x1x16384", load.Echo{Connections: 100, InFlight: 1, Bytes: 16384}, throughput},
		{"fan-out 1000x128, 16 in flight", load.Fanout{Subscribers: 1000, InFlight: 16, Bytes: 128}, throughput},
		{"fan-out 1000x128, 1 in flight", load.Fanout{Subscribers: 1000, InFlight: 1, Bytes: 128}, throughput},
		{"fan-out 10000x128, 1 in flight", load.Fanout{Subscribers: 10_000, InFlight: 1, Bytes: 128}, throughput},
		{"presence, 10000 who come and go before 10, 100 at once", load.Presence{Members: 10_000, Watchers: 10, AtOnce: 100}, changes},
		{"presence, 1 who comes and goes before 10000", load.Presence{Members: 1, Watchers: 10_000, AtOnce: 1, EachTold: true}, changes},
		{"churn 16 at once", load.Churn{AtOnce: 16, Bytes: 32}, throughput},
		{"idle 10000", load.Idle{Connections: 10_000}, memory},
		{"HTTP text, 64 connections", load.HTTP{Connections: 64, Path: "/bench/text", Body: "Hello, world!"}, requests},
		{"HTTP JSON with a path parameter, 64 connections", load.HTTP{Connections: 64, Path: "/bench/items/7", Body: `{"id":"7","name":"item"}`}, requests},
		{"stalled 50 beside 50", load.Stall{Readers: 50, Stalled: 50, Bytes: 4096, PerSecond: 1000}, stalled},
	}
}

// needs is what a peer must serve to be measured.
func (r row) needs() service {
	switch r.shown {
	case requests:
		return overHTTP
	case changes:
		return withPresence
	}
	return overWebSocket
}

// A cell holds the results of one peer in one row, one a round; fewer where a measurement failed.
type cell struct {
	peer    string
	results []load.Result
	errs    []error
}

type measured struct {
	row   row
	cells []cell
}

// measureAll goes over all peers, round by round, each time with a fresh server, so that what else the machine does meets all alike.
func measureAll(ctx context.Context, o options, peers []peer, rows []row) []measured {
	var table []measured
	for _, r := range rows {
		m := measured{row: r}
		peers := slices.DeleteFunc(slices.Clone(peers), func(p peer) bool { return p.serves&r.needs() == 0 })
		for _, p := range peers {
			m.cells = append(m.cells, cell{peer: p.name})
		}
		for round := range o.rounds {
			for i := range peers {
				if ctx.Err() != nil {
					return table
				}
				at := (i + round) % len(peers) // nobody is always first
				m.cells[at].add(measure(ctx, peers[at], r, o.times))
			}
		}
		table = append(table, m)
	}
	return table
}

func (c *cell) add(result load.Result, err error) {
	if err != nil {
		c.errs = append(c.errs, err)
		return
	}
	c.results = append(c.results, result)
}

func measure(ctx context.Context, p peer, r row, times load.Times) (load.Result, error) {
	s, err := p.start(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return load.Result{}, err
	}
	defer s.stop()
	result, err := r.load.Run(s.target, times)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s, %s: %v\n%.2000s\n", r.name, p.name, err, s.output.String())
		return result, err
	}
	fmt.Fprintf(os.Stderr, "%-32s %-10s %10.0f/s %8.2f s/M  p50 %v p99 %v  %d B/conn  +%d KiB\n", r.name, p.name, result.PerSecond(),
		result.CPUPerMillion(), result.P50, result.P99, result.BytesPerConnection, result.MemoryGrowth>>10)
	return result, nil
}

// spread is the median of some figures and their ends.
type spread struct{ low, median, high float64 }

func (c cell) spread(of func(load.Result) float64) spread {
	var values []float64
	for _, r := range c.results {
		values = append(values, of(r))
	}
	if len(values) == 0 {
		return spread{}
	}
	slices.Sort(values)
	n := len(values)
	return spread{values[0], (values[(n-1)/2] + values[n/2]) / 2, values[n-1]}
}
