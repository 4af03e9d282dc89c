package console

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

const (
	maxColumns  = 20
	maxCellSize = 200
	indexColumn = "(index)"
	valueColumn = "Values"
)

// grid is a table under construction: the columns in order of appearance, and a map of cells for each row.
type grid struct {
	*printer
	columns []string
	rows    []map[string]string
	only    []string // the columns asked for; nil for all
	values  bool     // some row is no object
}

// table writes an array or object of rows as a table, anything else as log does.
func (c *console) table(args []goja.Value) {
	data, ok := argument(args, 0).(*goja.Object)
	if !ok {
		c.write(slog.LevelInfo, c.Format(args))
		return
	}
	g := &grid{printer: c.printer()}
	text := unknown
	thrown := c.vm.Try(func() {
		g.choose(argument(args, 1))
		g.fill(data)
		text = g.String()
	})
	if thrown != nil {
		text = unknown
	}
	c.write(slog.LevelInfo, clip(text, maxTextBytes))
}

func (g *grid) choose(columns goja.Value) {
	list, ok := columns.(*goja.Object)
	if !ok {
		return
	}
	g.only = []string{}
	for _, key := range list.Keys()[:min(len(list.Keys()), maxColumns)] {
		g.peek(list, g.vm.ToValue(key), func(value goja.Value, _ string, _ bool) { g.only = append(g.only, value.String()) })
	}
}

// fill makes a row of each entry of a Map, Set, array or object.
func (g *grid) fill(data *goja.Object) {
	kind := data.ExportType()
	switch {
	case kind == proxyType:
		g.row("", data)
	case kind == mapType:
		g.each(func(args []goja.Value) { g.row(g.value(args[0]), args[1]) }, "entries", data, g.vm.ToValue(maxItems))
	case kind == setType && data.ClassName() != "Array":
		g.each(func(args []goja.Value) { g.row(strconv.Itoa(len(g.rows)), args[0]) }, "members", data, g.vm.ToValue(maxItems))
	default:
		keys := data.Keys()
		for _, key := range keys[:min(len(keys), maxItems)] {
			g.peek(data, g.vm.ToValue(key), func(value goja.Value, accessor string, _ bool) { g.row(key, g.shown(value, accessor)) })
		}
	}
}

// shown is a value, or the name of an accessor instead of it.
func (g *grid) shown(value goja.Value, accessor string) goja.Value {
	if accessor != "" {
		return g.vm.ToValue(accessor)
	}
	return value
}

func (g *grid) row(index string, value goja.Value) {
	cells := map[string]string{indexColumn: cell(index)}
	g.rows = append(g.rows, cells)
	object, ok := value.(*goja.Object)
	if !ok || object.ExportType() == proxyType {
		cells[valueColumn], g.values = cell(g.value(value)), true
		return
	}
	for _, key := range object.Keys() {
		if g.column(key) {
			g.peek(object, g.vm.ToValue(key), func(value goja.Value, accessor string, _ bool) {
				cells["."+key] = cell(g.orAccessor(value, accessor))
			})
		}
	}
}

// column tells whether a column is shown, and adds it if it is new.
func (g *grid) column(key string) bool {
	if g.only != nil && !slices.Contains(g.only, key) {
		return false
	}
	if slices.Contains(g.columns, key) {
		return true
	}
	if len(g.columns) >= maxColumns {
		return false
	}
	g.columns = append(g.columns, key)
	return true
}

// cell keeps a text on one line.
func cell(text string) string { return clip(strings.Join(strings.Fields(text), " "), maxCellSize) }

func (g *grid) String() string {
	header, keys := []string{indexColumn}, []string{indexColumn}
	columns := g.columns
	if g.only != nil {
		columns = g.only
	}
	for _, column := range columns {
		header, keys = append(header, cell(column)), append(keys, "."+column)
	}
	if g.values {
		header, keys = append(header, valueColumn), append(keys, valueColumn)
	}
	lines := [][]string{header}
	for _, row := range g.rows {
		line := make([]string, len(keys))
		for i, key := range keys {
			line[i] = row[key]
		}
		lines = append(lines, line)
	}
	return frame(lines)
}

// frame draws lines under a header.
func frame(lines [][]string) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, text := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	var b strings.Builder
	rule := func(left, middle, right string) {
		for i, width := range widths {
			b.WriteString(left + strings.Repeat("─", width+2))
			left = middle
			if i == len(widths)-1 {
				b.WriteString(right)
			}
		}
	}
	rule("┌", "┬", "┐\n")
	for i, line := range lines {
		for j, text := range line {
			b.WriteString("│ " + text + strings.Repeat(" ", widths[j]-utf8.RuneCountInString(text)+1))
		}
		b.WriteString("│\n")
		if i == 0 {
			rule("├", "┼", "┤\n")
		}
	}
	rule("└", "┴", "┘")
	return b.String()
}
