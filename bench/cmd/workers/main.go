// Command workers measures what the workers of one app bring: throughput of an echo on 1, 2 and 4 of them, and how long others wait
// while a handler burns 500 ms. Run it in the folder bench: go run ./cmd/workers. It prints the tables of docs/workers.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/sigil-server/sigil/bench/load"
)

// apps are programs that differ in what an echo costs.
var apps = []struct{ name, work string }{
	{"echo", ""},
	{"echo after 1,000 steps of a loop", "let n = 0; for (let i = 0; i < 1000; i++) n += i;"},
}

func source(work string) string {
	return `export default class Bench extends AppBase {
	@Websocket echo(ws) { ws.onMessage((text) => { ` + work + ` ws.send(text); }); }
	@Websocket burn(ws) { ws.onMessage((text) => { for (const end = Date.now() + 500; Date.now() < end;); ws.send(text); }); }
}`
}

func main() {
	rounds := flag.Int("rounds", 3, "how often each is measured")
	measure := flag.Duration("measure", 800*time.Millisecond, "how long each is measured")
	isolation := flag.Duration("isolation", 5*time.Second, "how long latencies beside a slow handler are taken")
	flag.Parse()
	if err := run(*rounds, *measure, *isolation); err != nil {
		fmt.Fprintln(os.Stderr, "workers:", err)
		os.Exit(1)
	}
}

func run(rounds int, measure, isolation time.Duration) error {
	dir, err := os.MkdirTemp("", "sigil-workers-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is in the folder for temporary files
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-o", dir+"/sigil", "./cmd/sigil")
	build.Dir, build.Stderr = "..", os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("building sigil: %w", err)
	}
	fmt.Printf("%d processors, %s, %d rounds of %v\n\n", runtime.NumCPU(), runtime.Version(), rounds, measure)
	if err := throughputs(dir, rounds, measure); err != nil {
		return err
	}
	return isolations(dir, isolation)
}

func throughputs(dir string, rounds int, measure time.Duration) error {
	fmt.Println("| 100 connections, 1 message of 32 B in flight each | workers | messages/s | CPU s per million | p99 |")
	fmt.Println("|---|---|---|---|---|")
	for _, app := range apps {
		for _, workers := range []int{1, 2, 4} {
			if err := throughput(dir, app.name, app.work, workers, rounds, measure); err != nil {
				return err
			}
		}
	}
	fmt.Println()
	return nil
}

func throughput(dir, name, work string, workers, rounds int, measure time.Duration) error {
	var results []load.Result
	for range rounds {
		s, err := start(dir, source(work), workers)
		if err != nil {
			return err
		}
		r, err := load.Echo{Connections: 100, InFlight: 1, Bytes: 32}.Run(s.target, load.Times{Warm: 300 * time.Millisecond, Measure: measure})
		s.stop()
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	slices.SortFunc(results, func(a, b load.Result) int { return int(a.PerSecond() - b.PerSecond()) })
	low, mid, high := results[0], results[len(results)/2], results[len(results)-1]
	fmt.Printf("| %s | %d | %.0f (%.0f-%.0f) | %.1f | %v |\n", name, workers, mid.PerSecond(), low.PerSecond(), high.PerSecond(), mid.CPUPerMillion(), mid.P99.Round(100*time.Microsecond))
	return nil
}

// server is one process of sigil.
type server struct {
	cmd    *exec.Cmd
	target load.Target
}

// start runs an app on so many workers, and returns when it answers.
func start(dir, app string, workers int) (*server, error) {
	if err := os.MkdirAll(filepath.Join(dir, "apps"), 0o755); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf("listen: '127.0.0.1:%d'\nadmin: off\nlog: {level: error}\nlimits: {workers: 8}\nper_app: {bench: {workers: %d}}\n", port, workers)
	for name, text := range map[string]string{"apps/bench.js": app, "sigil.yaml": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(context.Background(), "./sigil")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd, load.Target{Port: port, Process: load.Process(cmd.Process.Pid)}}
	if err := s.answers(); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) stop() {
	_ = s.cmd.Process.Kill() // it may have ended by itself
	_ = s.cmd.Wait()         // says that it was killed
}
