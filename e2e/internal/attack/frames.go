package attack

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// open runs n attackers, each with an open WebSocket, at most 64 of which are in their handshakes at once.
func (t Target) open(ctx context.Context, n int, lines string, attack func(context.Context, *Peer, int) error) error {
	turns := make(chan struct{}, 64)
	return each(ctx, n, func(ctx context.Context, i int) error {
		turns <- struct{}{}
		p, err := t.Open(ctx, lines)
		<-turns
		if err != nil {
			return err
		}
		defer func() { _ = p.Close() }()
		return attack(ctx, p, i)
	})
}

// wantClose reads until a Close with the code.
func wantClose(p *Peer, want int) error {
	if code, err := p.WaitClose(); err != nil || code != want {
		return fmt.Errorf("closed with %d, %w; want %d", code, err, want)
	}
	return nil
}

// Announce has n clients announce messages of size bytes and send none of it. Then it calls held, and leaves.
func Announce(ctx context.Context, t Target, n, size int, held func()) error {
	return hold(ctx, t, n, held, func(_ context.Context, p *Peer) error {
		_, err := p.Write(Header(Fin|Binary, size))
		return err
	})
}

// Idle has n clients do nothing.
func Idle(ctx context.Context, t Target, n int, held func()) error {
	return hold(ctx, t, n, held, func(context.Context, *Peer) error { return nil })
}

// hold has n clients do something, and when all have, calls held; then they leave.
func hold(ctx context.Context, t Target, n int, held func(), do func(context.Context, *Peer) error) error {
	ready, leave := make(chan struct{}, n), make(chan struct{})
	go func() {
		defer close(leave)
		for range n {
			select {
			case <-ready:
			case <-ctx.Done():
				return
			}
		}
		held()
	}()
	return t.open(ctx, n, "", func(ctx context.Context, p *Peer, _ int) error {
		err := do(ctx, p)
		ready <- struct{}{}
		<-leave
		return err
	})
}

// AnnounceTooMuch has n clients announce the largest frame there is; each is closed with 1009.
func AnnounceTooMuch(ctx context.Context, t Target, n int) error {
	return t.open(ctx, n, "", func(_ context.Context, p *Peer, _ int) error {
		if _, err := p.Write(Header(Fin|Text, 1<<63-1)); err != nil {
			return err
		}
		return wantClose(p, 1009)
	})
}

// Fragments has n clients send a message that never ends, in frames with a payload each; each is closed with the code.
func Fragments(ctx context.Context, t Target, n int, payload string, code int) error {
	burst := bytes.Repeat(Frame(Continuation, payload), 256)
	return t.open(ctx, n, "", func(ctx context.Context, p *Peer, _ int) error {
		if _, err := p.Write(Frame(Text, payload)); err != nil {
			return err
		}
		done := make(chan error, 1)
		go func() { done <- wantClose(p, code) }()
		return flood(p, burst, done)
	})
}

// flood writes until done tells of the end.
func flood(p *Peer, burst []byte, done <-chan error) error {
	for {
		select {
		case err := <-done:
			return err
		default:
		}
		if _, err := p.Write(burst); err != nil {
			return <-done
		}
	}
}

// PingFlood has n clients ping as fast as they can for some time. Those that read must get pongs; every other client
// never reads.
func PingFlood(ctx context.Context, t Target, n int, d time.Duration) error {
	burst := bytes.Repeat(Frame(Fin|Ping, "are you there"), 512)
	return t.open(ctx, n, "", func(ctx context.Context, p *Peer, i int) error {
		ctx, cancel := context.WithTimeout(ctx, d)
		defer cancel()
		pongs, read := 0, make(chan error, 1)
		if i%2 == 0 {
			go func() {
				var first byte
				var err error
				for err == nil {
					if first, _, err = p.Read(); err == nil && first == Fin|Pong {
						pongs++
					}
				}
				read <- nil
			}()
		}
		_ = p.SetWriteDeadline(time.Now().Add(d)) // of one that does not read, the server may stop reading
		for ctx.Err() == nil {
			if _, err := p.Write(burst); err != nil {
				break
			}
		}
		if i%2 != 0 {
			return nil
		}
		_ = p.Close()
		if <-read; pongs == 0 {
			return errors.New("no ping was answered")
		}
		return nil
	})
}

// Deflate is the header line that offers compression.
const Deflate = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"

// Bomb is a compressed message of about wire bytes, or of as many as a megabyte takes, that is a thousand times as large.
func Bomb(wire int) (string, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(w, strings.Repeat("\x00", 1<<20)); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	megabyte := out.String() // it refers to nothing before it, so that it may be repeated
	return strings.TrimSuffix(strings.Repeat(megabyte, 1+wire/len(megabyte)), "\x00\x00\xff\xff"), nil
}

// Bombs has n clients send a message, compressed already, all at once; each is closed with 1009.
func Bombs(ctx context.Context, t Target, n int, bomb string) error {
	armed, fire := make(chan struct{}, n), make(chan struct{})
	go func() {
		defer close(fire)
		for range n {
			select {
			case <-armed:
			case <-ctx.Done():
				return
			}
		}
	}()
	frame := Frame(Fin|RSV1|Binary, bomb)
	return t.open(ctx, n, Deflate, func(_ context.Context, p *Peer, _ int) error {
		_, err := p.Write(frame[:len(frame)-1])
		armed <- struct{}{}
		<-fire
		if err != nil {
			return err
		}
		if _, err := p.Write(frame[len(frame)-1:]); err != nil {
			return err
		}
		return wantClose(p, 1009)
	})
}

// PackedFlood has n clients send small compressed messages, each as large as is allowed when inflated, as fast as they
// can for some time.
func PackedFlood(ctx context.Context, t Target, n int, message string, d time.Duration) error {
	burst := bytes.Repeat(Frame(Fin|RSV1|Binary, message), 16)
	return t.open(ctx, n, Deflate, func(ctx context.Context, p *Peer, _ int) error {
		_ = p.SetWriteDeadline(time.Now().Add(d))
		read := make(chan error, 1)
		go func() { read <- p.WaitEnd() }()
		for ctx.Err() == nil {
			if _, err := p.Write(burst); err != nil {
				break
			}
		}
		_ = p.Close()
		<-read // however it ended
		return nil
	})
}

// Repeat repeats an attack for some time.
func Repeat(ctx context.Context, d time.Duration, attack func() error) error {
	for begin := time.Now(); time.Since(begin) < d && ctx.Err() == nil; {
		if err := attack(); err != nil {
			return err
		}
	}
	return nil
}
