package attack

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// Trickle has n clients send a message a byte at a time. It must come back.
func Trickle(ctx context.Context, t Target, n int, text string, pause time.Duration) error {
	return t.open(ctx, n, "", func(ctx context.Context, p *Peer, _ int) error {
		rest := Frame(Fin|Text, text)
		every(ctx, pause, func() error {
			if len(rest) == 0 {
				return io.EOF
			}
			_, err := p.Write(rest[:1])
			rest = rest[1:]
			return err
		})
		for {
			first, payload, err := p.Read()
			if err != nil {
				return fmt.Errorf("waiting for a message that was sent slowly: %w", err)
			}
			if first == Fin|Text && string(payload) == text {
				return nil
			}
		}
	})
}

// Silent has n clients stop in the middle of a frame and answer no ping, until the server cuts them.
func Silent(ctx context.Context, t Target, n int) error {
	return t.open(ctx, n, "", func(_ context.Context, p *Peer, _ int) error {
		if _, err := p.Write(Header(Fin|Text, 1000)); err != nil {
			return err
		}
		return p.WaitEnd()
	})
}

// Reset has n clients leave in the middle of a message with a reset.
func Reset(ctx context.Context, t Target, n int) error {
	return t.open(ctx, n, "", func(_ context.Context, p *Peer, i int) error {
		if err := p.SetLinger(0); err != nil {
			return err
		}
		whole := Frame(Fin|Text, strings.Repeat("x", 100))
		_, err := p.Write(append(Frame(Fin|Text, "whole"), whole[:1+i%(len(whole)-1)]...))
		return err
	})
}

// HalfClose has n clients end their side in the middle of a message, at every byte of it; the server must end its own.
func HalfClose(ctx context.Context, t Target, n int) error {
	return t.open(ctx, n, "", func(_ context.Context, p *Peer, i int) error {
		whole := Frame(Fin|Text, strings.Repeat("x", 100))
		if _, err := p.Write(whole[:i%len(whole)]); err != nil {
			return err
		}
		if err := p.CloseWrite(); err != nil {
			return err
		}
		return p.WaitEnd()
	})
}

// NeverRead has n clients send messages, which are echoed, and read nothing, until the server ends each.
func NeverRead(ctx context.Context, t Target, n int, size int) error {
	message := Frame(Fin|Text, strings.Repeat("x", size))
	return t.open(ctx, n, "", func(ctx context.Context, p *Peer, _ int) error {
		if err := p.SetReadBuffer(16 << 10); err != nil {
			return err
		}
		if err := p.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		for {
			if _, err := p.Write(message); err != nil {
				return p.WaitEnd() // a timeout of the writing side would show here too
			}
		}
	})
}
