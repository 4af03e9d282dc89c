package attack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"
)

// each runs n attackers at once, a bounded number of them connecting at the same time.
func each(ctx context.Context, n int, attack func(context.Context, int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for i := range n {
		g.Go(func() error { return attack(ctx, i) })
	}
	return g.Wait()
}

// every calls fn at a pace until it fails or ctx ends, and returns how long that took.
func every(ctx context.Context, pause time.Duration, fn func() error) time.Duration {
	begin := time.Now()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for fn() == nil {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return time.Since(begin)
		}
	}
	return time.Since(begin)
}

// SlowHandshake has n clients send their handshakes a byte at a time, too slowly to ever finish. It returns the longest
// that the server bore with one of them.
func SlowHandshake(ctx context.Context, t Target, n int, pause time.Duration) (time.Duration, error) {
	took := make([]time.Duration, n)
	err := each(ctx, n, func(ctx context.Context, i int) error {
		conn, err := t.Dial(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		begin := time.Now()
		ctx, cut := context.WithCancel(ctx)
		defer cut()
		go func() {
			defer cut()
			_ = waitEnd(conn)
			took[i] = time.Since(begin)
		}()
		rest := t.request("")
		every(ctx, pause, func() error {
			if len(rest) == 1 { // never the last byte
				return nil
			}
			_, err := io.WriteString(conn, rest[:1])
			rest = rest[1:]
			return err
		})
		<-ctx.Done()
		return nil
	})
	longest := time.Duration(0)
	for _, d := range took {
		longest = max(longest, d)
	}
	return longest, err
}

// HalfOpen connects n times; some clients send nothing, some the beginning of a request. Then it waits until the server
// has cut every one.
func HalfOpen(ctx context.Context, t Target, n int) error {
	turns := make(chan struct{}, 64) // that many connect at once, which the listener's queue holds
	return each(ctx, n, func(ctx context.Context, i int) error {
		turns <- struct{}{}
		conn, err := t.Dial(ctx)
		<-turns
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		if i%2 == 0 {
			_, _ = io.WriteString(conn, t.request("")[:40+i%50]) // cut already: as good
		}
		return waitEnd(conn)
	})
}

// Crush has n clients connect one after the other, which stay until all have tried, and returns how many had no success.
func Crush(ctx context.Context, t Target, n int) (refused int, err error) {
	var inside []*Peer
	for range n {
		if p, err := t.Open(ctx, ""); err == nil {
			inside = append(inside, p)
		} else {
			refused++
		}
	}
	for i, p := range inside { // they are all served
		text := fmt.Sprint("crushed ", i)
		if _, err := p.Write(Frame(Fin|Text, text)); err != nil {
			return refused, err
		}
		if _, payload, err := p.Read(); err != nil || string(payload) != text {
			return refused, fmt.Errorf("got %q, %w", payload, err)
		}
	}
	for _, p := range inside {
		err = errors.Join(err, p.Close())
	}
	return refused, err
}

// Storm has clients connect and leave as fast as they can, n times in all: after nothing, half a handshake, a whole one,
// a message, with and without a reset.
func Storm(ctx context.Context, t Target, clients, n int) error {
	return each(ctx, clients, func(ctx context.Context, i int) error {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		for range n / clients {
			if err := t.gust(ctx, random); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t Target) gust(ctx context.Context, random *rand.Rand) error {
	conn, err := t.Dial(ctx)
	if err != nil {
		return fmt.Errorf("the server cannot be reached: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if random.IntN(2) == 0 {
		_ = conn.SetLinger(0)
	}
	request := t.request("")
	sent := request + string(Frame(Fin|Text, "x"))
	if random.IntN(2) == 0 {
		sent = sent[:random.IntN(len(sent)+1)]
	}
	_, _ = io.WriteString(conn, sent)
	if random.IntN(2) == 0 && len(sent) >= len(request) {
		_, _ = io.ReadFull(conn, make([]byte, 20)) // the answer has begun
	}
	return nil
}
