package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
)

// consoleHandler writes a log for people: one line an event, and below it the detail of a script error, in the author's
// own lines. For machines there is slog's JSON handler (log.format: json).
type consoleHandler struct {
	mu    *sync.Mutex // guards out
	out   io.Writer
	level slog.Leveler
	attrs []slog.Attr
}

func newConsoleHandler(out io.Writer, level slog.Leveler) *consoleHandler {
	return &consoleHandler{mu: &sync.Mutex{}, out: out, level: level}
}

func (h *consoleHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

func (h *consoleHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	next.attrs = append(append([]slog.Attr(nil), h.attrs...), attrs...)
	return &next
}

// WithGroup is not used by this program: names stay flat.
func (h *consoleHandler) WithGroup(string) slog.Handler { return h }

func (h *consoleHandler) Handle(_ context.Context, r slog.Record) error {
	var line line
	line.WriteString(r.Time.Format("15:04:05.000 "))
	fmt.Fprintf(&line, "%-5s ", r.Level)
	var rest []slog.Attr
	each := func(a slog.Attr) bool {
		if a.Key == "app" {
			line.WriteString(a.Value.String() + ": ")
			return true
		}
		rest = append(rest, a)
		return true
	}
	for _, a := range h.attrs {
		each(a)
	}
	r.Attrs(each)
	line.WriteString(r.Message)
	for _, a := range rest {
		line.attr(a)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := io.WriteString(h.out, line.String()+"\n"+line.detail)
	return err
}

// line is one log line being written, and the block that follows it.
type line struct {
	strings.Builder
	detail string
}

// attr appends " key=value", or keeps an error's detail for below.
func (l *line) attr(a slog.Attr) {
	var detailed interface{ Detail() string }
	if err, ok := a.Value.Any().(error); ok && errors.As(err, &detailed) {
		l.detail += indent(detailed.Detail())
		return
	}
	text := a.Value.String()
	if strings.ContainsAny(text, " \n\"=") || text == "" {
		text = strconv.Quote(text)
	}
	l.WriteString(" " + a.Key + "=" + text)
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ") + "\n"
}
