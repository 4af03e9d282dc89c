package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sigil-server/sigil/bench/load"
)

// startWithin and stopWithin bound the start and the end of a peer.
const (
	startWithin = 10 * time.Second
	stopWithin  = 2 * time.Second
)

// A peer is one server program. "PORT" in its arguments stands for the port.
type peer struct {
	name    string
	command []string
	version []string // a command whose first line says the version
	serves  service
}

// service is what a peer's program serves.
type service int

const (
	overWebSocket service = 1 << iota
	overHTTP
	withPresence
)

// allPeers lists what is measured. The Go programs are in dir, sigil elsewhere if a path is given.
func allPeers(dir, sigil string) []peer {
	bun, deno := "peers/node_modules/.bin/bun", "peers/node_modules/.bin/deno"
	allow := []string{deno, "run", "--no-lock", "--node-modules-dir=manual", "--allow-net=127.0.0.1", "--allow-env", "--allow-read"}
	hono := []string{"node", "-p", `require("./peers/node_modules/hono/package.json").version`}
	if sigil == "" {
		sigil = filepath.Join(dir, "sigil")
	}
	serve := func(apps string) []string {
		return []string{sigil, "serve", "--apps", apps, "--listen", "127.0.0.1:PORT", "--admin", "off"}
	}
	version := func(module string) []string { return []string{"go", "list", "-m", module} }
	const both = overWebSocket | overHTTP
	return []peer{
		{"Sigil", serve("peers/sigil/apps"), []string{sigil, "version"}, both | withPresence},
		{"Hono/Sigil", serve("peers/sigil/hono"), hono, overHTTP},
		{"Bun", []string{bun, "peers/bun/server.js"}, []string{bun, "--version"}, both},
		{"Node+ws", []string{"node", "peers/node/server.js"}, []string{"node", "-p", `process.version + ", ws " + require("./peers/node_modules/ws/package.json").version`}, overWebSocket},
		{"Node", []string{"node", "peers/node/http.js"}, []string{"node", "--version"}, overHTTP},
		{"Deno", append(allow[:len(allow):len(allow)], "peers/deno/server.js"), []string{deno, "--version"}, both},
		{"Hono/Bun", []string{bun, "peers/hono/bun.js"}, hono, both},
		{"Hono/Deno", append(allow[:len(allow):len(allow)], "peers/hono/deno.js"), hono, overWebSocket},
		{"Hono/Node", []string{"node", "peers/hono/node.js"}, hono, overHTTP},
		{"net/http", []string{filepath.Join(dir, "nethttp")}, []string{"go", "version"}, overHTTP},
		{"PocketBase", []string{filepath.Join(dir, "pocketbase")}, []string{"go", "list", "-C", "peers/pocketbase", "-m", "github.com/pocketbase/pocketbase"}, overHTTP},
		{"gorilla", []string{filepath.Join(dir, "gorilla")}, version("github.com/gorilla/websocket"), overWebSocket},
		{"coder", []string{filepath.Join(dir, "coder")}, version("github.com/coder/websocket"), overWebSocket},
	}
}

// build compiles the Go programs into dir, without sigil if there is one already.
func build(ctx context.Context, dir, sigilPath string) error {
	peers := exec.CommandContext(ctx, "go", "build", "-o", dir+"/", "./peers/gorilla", "./peers/coder", "./peers/nethttp")
	pocketbase := exec.CommandContext(ctx, "go", "build", "-o", dir+"/", ".")
	pocketbase.Dir = "peers/pocketbase" // a module of its own: it brings many others
	sigil := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", dir+"/", "./cmd/sigil")
	sigil.Dir = ".."
	cmds := []*exec.Cmd{peers, pocketbase}
	if sigilPath == "" {
		cmds = append(cmds, sigil)
	}
	for _, cmd := range cmds {
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(cmd.Args, " "), err)
		}
	}
	return nil
}

// server is a peer that runs.
type server struct {
	cmd    *exec.Cmd
	ended  chan error
	output bytes.Buffer
	target load.Target
}

// start runs p until stop, and returns when it listens.
func (p peer) start(ctx context.Context) (*server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	args := make([]string, len(p.command))
	for i, arg := range p.command {
		args[i] = strings.ReplaceAll(arg, "PORT", strconv.Itoa(port))
	}
	s := &server{cmd: exec.CommandContext(ctx, args[0], args[1:]...), ended: make(chan error, 1)}
	s.cmd.Env = append(os.Environ(), "PORT="+strconv.Itoa(port), "SIGIL_LOG_LEVEL=error", "DENO_NO_UPDATE_CHECK=1", "NODE_ENV=production")
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", p.name, err)
	}
	s.target = load.Target{Port: port, Process: load.Process(s.cmd.Process.Pid)}
	go func() { s.ended <- s.cmd.Wait() }() // ends with the process, which stop ends
	if err := s.listening(ctx); err != nil {
		s.stop()
		return nil, fmt.Errorf("starting %s: %w: %s", p.name, err, s.output.String())
	}
	return s, nil
}

func (s *server) listening(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp4", fmt.Sprintf("127.0.0.1:%d", s.target.Port))
		if err == nil {
			return c.Close()
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return errors.New("it ended")
		case <-ctx.Done():
			return fmt.Errorf("it does not listen: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server and waits for it.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(stopWithin):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}

func freePort(ctx context.Context) (int, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
