package console

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/dop251/goja"
)

func (c *console) counting() []method {
	return []method{{"count", 0, c.count}, {"countReset", 0, c.countReset}}
}

func (c *console) count(args []goja.Value) {
	name := label(args)
	if _, known := c.counts[name]; !known && len(c.counts) >= maxLabels {
		c.write(slog.LevelWarn, fmt.Sprintf("count %q is not kept: there are %d counters already", name, maxLabels))
		return
	}
	c.counts[name]++
	c.write(slog.LevelInfo, fmt.Sprintf("%s: %d", name, c.counts[name]))
}

func (c *console) countReset(args []goja.Value) {
	name := label(args)
	if _, known := c.counts[name]; !known {
		c.write(slog.LevelWarn, fmt.Sprintf("there is no counter %q", name))
		return
	}
	delete(c.counts, name)
}

func (c *console) timing() []method {
	return []method{{"time", 0, c.time}, {"timeLog", 0, c.timeLog}, {"timeEnd", 0, c.timeEnd}}
}

func (c *console) time(args []goja.Value) {
	name := label(args)
	switch _, known := c.timers[name]; {
	case known:
		c.write(slog.LevelWarn, fmt.Sprintf("the timer %q runs already", name))
	case len(c.timers) >= maxLabels:
		c.write(slog.LevelWarn, fmt.Sprintf("the timer %q is not kept: there are %d already", name, maxLabels))
	default:
		c.timers[name] = time.Now()
	}
}

func (c *console) timeLog(args []goja.Value) { c.elapsed(label(args), args) }

func (c *console) timeEnd(args []goja.Value) {
	name := label(args)
	c.elapsed(name, nil)
	delete(c.timers, name)
}

func (c *console) elapsed(name string, args []goja.Value) {
	start, known := c.timers[name]
	if !known {
		c.write(slog.LevelWarn, fmt.Sprintf("there is no timer %q", name))
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s", name, duration(time.Since(start)))
	if len(args) > 1 {
		text.WriteString(" " + c.Format(args[1:]))
	}
	c.write(slog.LevelInfo, text.String())
}

// duration is written as browsers do, in milliseconds, or from a second on in seconds.
func duration(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.3fs", d.Seconds())
	}
	return fmt.Sprintf("%.3fms", float64(d)/float64(time.Millisecond))
}
