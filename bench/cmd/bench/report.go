package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/sigil-server/sigil/bench/load"
)

const intro = `# Benchmarks

What Sigil costs beside other servers that run the same programs (` + "`bench/peers`" + `): an echo, a room with one who publishes, and over HTTP a
text and JSON with a path parameter. The load comes from one thread over loopback (` + "`bench/load`" + `). Every figure is the median of %d rounds, with the lowest and the highest; in each
round every peer is started afresh, loaded for %v and measured for %v. Client and server share the machine, so absolute figures say
little elsewhere: the ratios do, and only those within one row.

CPU is the user and system time of the server's processes, in seconds for a million messages (echoes, deliveries, whole
connections, or requests). "x Bun" and the like are the same as ratios: below 1 is cheaper.

`

// report writes the document.
func report(ctx context.Context, o options, peers []peer, table []measured) string {
	var b strings.Builder
	fmt.Fprintf(&b, intro, o.rounds, o.times.Warm, o.times.Measure)
	for _, m := range table {
		fmt.Fprintf(&b, "## %s\n\n", m.row.name)
		switch m.row.shown {
		case memory:
			memoryTable(&b, m)
		case stalled:
			stalledTable(&b, m)
		case changes:
			throughputTable(&b, m, "changes or notices", "Bun", "Node+ws")
		case requests:
			throughputTable(&b, m, "requests", "net/http", "Node")
		default:
			throughputTable(&b, m, "messages", "Bun", "Node+ws")
		}
		failures(&b, m)
	}
	versions(ctx, &b, peers)
	b.WriteString("## Again\n\n```sh\ncd bench\n./run                        # installs the peers, measures everything (10 minutes), writes this file\n" +
		"./run --rows echo --peers Sigil,Bun --out -\n```\n\nThis file was written by `" + strings.Join(append([]string{"./run"}, os.Args[1:]...), " ") + "`.\n")
	return b.String()
}

// throughputTable has the cost also as ratios to those of two peers.
func throughputTable(b *strings.Builder, m measured, what, one, other string) {
	fmt.Fprintf(b, "| peer | %s/s | CPU s per million | x %s | x %s | p50 | p99 | p99.9 |\n|---|---|---|---|---|---|---|---|\n", what, one, other)
	cpu := load.Result.CPUPerMillion
	for _, c := range m.cells {
		if len(c.results) == 0 {
			continue
		}
		rate, cost := c.spread(load.Result.PerSecond), c.spread(cpu)
		fmt.Fprintf(b, "| %s | %.0f (%.0f-%.0f) | %.2f (%.2f-%.2f) | %s | %s | %s | %s | %s |\n", c.peer, rate.median, rate.low, rate.high,
			cost.median, cost.low, cost.high, m.ratio(c, one, cpu), m.ratio(c, other, cpu),
			c.latency(func(r load.Result) time.Duration { return r.P50 }), c.latency(func(r load.Result) time.Duration { return r.P99 }),
			c.latency(func(r load.Result) time.Duration { return r.P999 }))
	}
	b.WriteString("\n")
}

func memoryTable(b *strings.Builder, m measured) {
	b.WriteString("Resident bytes of the server per open connection with its handler attached, 3 s after the last was opened.\n\n" +
		"| peer | bytes per connection | x Bun | x Node+ws |\n|---|---|---|---|\n")
	size := func(r load.Result) float64 { return float64(r.BytesPerConnection) }
	for _, c := range m.cells {
		if len(c.results) == 0 {
			continue
		}
		s := c.spread(size)
		fmt.Fprintf(b, "| %s | %.0f (%.0f-%.0f) | %s | %s |\n", c.peer, s.median, s.low, s.high, m.ratio(c, "Bun", size), m.ratio(c, "Node+ws", size))
	}
	b.WriteString("\n")
}

func stalledTable(b *strings.Builder, m measured) {
	fmt.Fprintf(b, "A room of 50 to which 1,000 texts of 4 KiB a second are published; then as many join who never read. Latency is that of the readers.\n\n"+
		"| peer | deliveries/s | p99 alone | p99 beside | x | server memory rose by |\n|---|---|---|---|---|---|\n")
	alone := func(r load.Result) float64 { return float64(r.AloneP99) }
	beside := func(r load.Result) float64 { return float64(r.P99) }
	for _, c := range m.cells {
		if len(c.results) == 0 {
			continue
		}
		a, p := c.spread(alone).median, c.spread(beside).median
		growth := c.spread(func(r load.Result) float64 { return float64(r.MemoryGrowth) / (1 << 20) })
		fmt.Fprintf(b, "| %s | %.0f | %s | %s | %.2f | %.0f MiB (%.0f-%.0f) |\n", c.peer, c.spread(load.Result.PerSecond).median,
			micros(a), micros(p), p/max(a, 1), growth.median, growth.low, growth.high)
	}
	b.WriteString("\n")
}

// ratio is that of the medians; empty when the other was not measured.
func (m measured) ratio(c cell, to string, of func(load.Result) float64) string {
	for _, other := range m.cells {
		base := other.spread(of).median
		if other.peer == to && base > 0 {
			return fmt.Sprintf("%.2f", c.spread(of).median/base)
		}
	}
	return ""
}

func (c cell) latency(of func(load.Result) time.Duration) string {
	return micros(c.spread(func(r load.Result) float64 { return float64(of(r)) }).median)
}

func micros(ns float64) string {
	d := time.Duration(ns)
	if d >= 10*time.Millisecond {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}

func failures(b *strings.Builder, m measured) {
	for _, c := range m.cells {
		for _, err := range c.errs {
			fmt.Fprintf(b, "%s failed once: %v.\n\n", c.peer, err)
		}
	}
}

func versions(ctx context.Context, b *strings.Builder, peers []peer) {
	fmt.Fprintf(b, "## Versions\n\n%s, %d cores, %s.\n\n| peer | version |\n|---|---|\n", kernel(), runtime.NumCPU(), runtime.Version())
	for _, p := range peers {
		out, err := exec.CommandContext(ctx, p.version[0], p.version[1:]...).Output()
		if err != nil {
			out = []byte("unknown")
		}
		first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		fmt.Fprintf(b, "| %s | %s |\n", p.name, first)
	}
	b.WriteString("\n")
}

func kernel() string {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "Linux"
	}
	return "Linux " + strings.TrimSpace(string(release))
}
