package attack

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Good is a well-behaved client: one message every few milliseconds, which must come back as it is.
type Good struct {
	peer  *Peer
	stop  chan struct{}
	done  sync.WaitGroup
	trips []time.Duration
	err   error
}

// pause is what lies between an answer and the next message.
const pause = 2 * time.Millisecond

// StartGood connects and begins.
func StartGood(ctx context.Context, t Target) (*Good, error) {
	peer, err := t.Open(ctx, "")
	if err != nil {
		return nil, err
	}
	g := &Good{peer: peer, stop: make(chan struct{})}
	g.done.Go(g.run)
	return g, nil
}

func (g *Good) run() {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for i := 0; ; i++ {
		begin := time.Now()
		if g.err = g.trip(fmt.Sprint("message ", i)); g.err != nil {
			return
		}
		g.trips = append(g.trips, time.Since(begin))
		select {
		case <-tick.C:
		case <-g.stop:
			return
		}
	}
}

func (g *Good) trip(text string) error {
	if err := g.peer.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := g.peer.Write(Frame(Fin|Text, text)); err != nil {
		return err
	}
	for {
		first, payload, err := g.peer.Read()
		switch {
		case err != nil:
			return err
		case first == Fin|Ping:
			if _, err := g.peer.Write(Frame(Fin|Pong, string(payload))); err != nil {
				return err
			}
		case first != Fin|Text || string(payload) != text:
			return fmt.Errorf("got %#x %q for %q", first, payload, text)
		default:
			return nil
		}
	}
}

// Trips is how a Good client fared.
type Trips struct {
	Count            int
	Median, P99, Max time.Duration
}

// Stop ends the client with a closing handshake. The error says what it did not get.
func (g *Good) Stop() (Trips, error) {
	close(g.stop)
	g.done.Wait()
	defer func() { _ = g.peer.Close() }()
	if g.err != nil {
		return Trips{}, g.err
	}
	if _, err := g.peer.Write(Frame(Fin|Close, "\x03\xe8")); err != nil {
		return Trips{}, err
	}
	if code, err := g.peer.WaitClose(); err != nil || code != 1000 {
		return Trips{}, fmt.Errorf("closed with %d, %w", code, err)
	}
	slices.Sort(g.trips)
	n := len(g.trips)
	return Trips{Count: n, Median: g.trips[n/2], P99: g.trips[n*99/100], Max: g.trips[n-1]}, nil
}
