package testrun

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// maxJournal bounds what of one test is kept; what comes after it is counted.
const maxJournal = 256 << 10

// journal keeps what is logged until it is taken. Any goroutine may write.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
	lost int
}

// Write implements [io.Writer].
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.text.Len()+len(p) > maxJournal {
		j.lost++
		return len(p), nil
	}
	return j.text.Write(p)
}

// take returns what was written and forgets it.
func (j *journal) take() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	text := j.text.String()
	if j.lost > 0 {
		text += "... and more\n"
	}
	j.text.Reset()
	j.lost = 0
	return text
}

// lines logs the plain text of every record, as what a test file writes with console.log is read by itself.
type lines struct{ out io.Writer }

// Enabled implements [slog.Handler].
func (lines) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements [slog.Handler].
func (l lines) Handle(_ context.Context, r slog.Record) error {
	_, err := io.WriteString(l.out, strings.TrimRight(r.Message, "\n")+"\n")
	return err
}

// WithAttrs implements [slog.Handler].
func (l lines) WithAttrs([]slog.Attr) slog.Handler { return l }

// WithGroup implements [slog.Handler].
func (l lines) WithGroup(string) slog.Handler { return l }

// dated has records show the time of the apps.
type dated struct {
	slog.Handler
	clock *clock
}

// Handle implements [slog.Handler].
func (d dated) Handle(ctx context.Context, r slog.Record) error {
	r.Time = d.clock.Now()
	return d.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (d dated) WithAttrs(attrs []slog.Attr) slog.Handler {
	return dated{d.Handler.WithAttrs(attrs), d.clock}
}

// WithGroup implements [slog.Handler].
func (d dated) WithGroup(name string) slog.Handler { return dated{d.Handler.WithGroup(name), d.clock} }
