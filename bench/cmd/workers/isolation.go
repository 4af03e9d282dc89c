package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

func freePort() (int, error) {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// answers waits until the server takes connections.
func (s *server) answers() error {
	for range 500 {
		var d net.Dialer
		c, err := d.DialContext(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", s.target.Port))
		if err == nil {
			return c.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("sigil does not listen")
}

// isolations measures how long B waits for its echoes while a handler of A burns 500 ms again and again.
func isolations(dir string, measure time.Duration) error {
	fmt.Printf("| A burns 500 ms, again and again for %v; B has an echo every 2 ms | p50 of B | p99 | longest |\n|---|---|---|---|\n", measure)
	for _, row := range []struct {
		name    string
		workers int
		burns   bool
	}{{"2 workers, A does nothing", 2, false}, {"2 workers", 2, true}, {"1 worker, which both share", 1, true}} {
		all, err := isolation(dir, row.workers, row.burns, measure)
		if err != nil {
			return err
		}
		at := func(part float64) time.Duration {
			return all[int(part*float64(len(all)-1))].Round(10 * time.Microsecond)
		}
		fmt.Printf("| %s | %v | %v | %v |\n", row.name, at(.5), at(.99), at(1))
	}
	return nil
}

func isolation(dir string, workers int, burns bool, measure time.Duration) ([]time.Duration, error) {
	s, err := start(dir, source(""), workers)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), measure+10*time.Second)
	defer cancel()
	a, err := s.dial(ctx, "burn")
	if err != nil {
		return nil, err
	}
	b, err := s.dial(ctx, "echo")
	if err != nil {
		return nil, err
	}
	defer func() {
		_, _ = a.CloseNow(), b.CloseNow() // the process is killed anyway
	}()
	burning, stop := context.WithCancel(ctx)
	var burner sync.WaitGroup
	if burns {
		burner.Go(func() {
			for burning.Err() == nil {
				if _, err := ask(burning, a); err != nil {
					return
				}
			}
		})
	}
	defer burner.Wait()
	defer stop()
	var all []time.Duration
	for end := time.Now().Add(measure); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		took, err := ask(ctx, b)
		if err != nil {
			return nil, err
		}
		all = append(all, took)
	}
	slices.Sort(all)
	return all, nil
}

func (s *server) dial(ctx context.Context, route string) (*websocket.Conn, error) {
	c, res, err := websocket.Dial(ctx, fmt.Sprintf("ws://127.0.0.1:%d/bench/%s", s.target.Port, route), nil)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	return c, err
}

// ask sends a message and waits for its answer.
func ask(ctx context.Context, c *websocket.Conn) (time.Duration, error) {
	began := time.Now()
	if err := c.Write(ctx, websocket.MessageText, []byte("x")); err != nil {
		return 0, err
	}
	_, _, err := c.Read(ctx)
	return time.Since(began), err
}
