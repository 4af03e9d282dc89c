// Command bench measures Sigil beside its peers and writes docs/benchmarks.md. It is run in the folder bench, see the script run.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/sigil-server/sigil/bench/load"
)

type options struct {
	rounds int
	times  load.Times
	rows   string
	peers  string
	out    string
	sigil  string
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 3, "rounds over all peers, for each row")
	flag.DurationVar(&o.times.Warm, "warm", 700*time.Millisecond, "load before each measurement")
	flag.DurationVar(&o.times.Measure, "measure", 1500*time.Millisecond, "length of each measurement")
	flag.StringVar(&o.rows, "rows", "", "only rows whose name holds one of these, separated by commas")
	flag.StringVar(&o.peers, "peers", "", "only these peers, separated by commas")
	flag.StringVar(&o.out, "out", "../docs/benchmarks.md", `the file that is written; "-" for the standard output`)
	flag.StringVar(&o.sigil, "sigil", "", "the sigil to measure; without it the one of this clone is built")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "sigil-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	peers := selected(allPeers(dir, o.sigil), o.peers, func(p peer) string { return p.name })
	rows := selected(allRows(), o.rows, func(r row) string { return r.name })
	if err := build(ctx, dir, o.sigil); err != nil {
		return err
	}
	// The generator must not disturb what it measures: one thread, and no collections beside it.
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(1 << 30)
	table := measureAll(ctx, o, peers, rows)
	if err := ctx.Err(); err != nil {
		return err
	}
	text := report(ctx, o, peers, table)
	if o.out == "-" {
		_, err = os.Stdout.WriteString(text)
		return err
	}
	return os.WriteFile(o.out, []byte(text), 0o644)
}

// selected keeps what has one of the words, separated by commas, in its name; without words, everything.
func selected[T any](all []T, words string, name func(T) string) []T {
	if words == "" {
		return all
	}
	var out []T
	for _, item := range all {
		for word := range strings.SplitSeq(words, ",") {
			if strings.Contains(name(item), word) {
				out = append(out, item)
				break
			}
		}
	}
	return out
}
