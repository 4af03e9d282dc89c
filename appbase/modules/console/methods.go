package console

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/modules/internal/globals"
)

// maxGroups bounds the indentation, maxLabels the counters and the timers that a script keeps.
const (
	maxGroups = 32
	maxLabels = 1000
)

// console is the state behind the console object of one runtime.
type console struct {
	*Inspector
	sink   Sink
	groups int
	counts map[string]int64
	timers map[string]time.Time
}

type method struct {
	name   string
	length int
	run    func(args []goja.Value)
}

func newConsole(vm *goja.Runtime, sink Sink) (*goja.Object, error) {
	c := &console{
		Inspector: NewInspector(vm), sink: sink,
		counts: make(map[string]int64), timers: make(map[string]time.Time),
	}
	object := vm.CreateObject(vm.NewObject())
	for _, m := range slices.Concat(c.printing(), c.counting(), c.timing()) {
		fn := func(call goja.FunctionCall) goja.Value {
			m.run(call.Arguments)
			return goja.Undefined()
		}
		if err := object.Set(m.name, globals.Function(vm, m.name, m.length, fn)); err != nil {
			return nil, err
		}
	}
	tag := vm.ToValue("console")
	if err := object.DefineDataPropertySymbol(goja.SymToStringTag, tag, goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
		return nil, err
	}
	result := vm.NewObject()
	return result, result.Set("console", object)
}

// write gives a text to the sink, indented by the groups that are open.
func (c *console) write(level slog.Level, text string) {
	if c.groups > 0 {
		indent := strings.Repeat("  ", min(c.groups, maxGroups))
		text = indent + strings.ReplaceAll(text, "\n", "\n"+indent)
	}
	c.sink.Log(level, text)
}

func (c *console) at(level slog.Level) func(args []goja.Value) {
	return func(args []goja.Value) { c.write(level, c.Format(args)) }
}

func (c *console) printing() []method {
	return []method{
		{"log", 0, c.at(slog.LevelInfo)},
		{"info", 0, c.at(slog.LevelInfo)},
		{"debug", 0, c.at(slog.LevelDebug)},
		{"warn", 0, c.at(slog.LevelWarn)},
		{"error", 0, c.at(slog.LevelError)},
		{"dirxml", 0, c.at(slog.LevelInfo)},
		{"dir", 0, func(args []goja.Value) { c.write(slog.LevelInfo, c.Inspect(argument(args, 0))) }},
		{"table", 0, c.table},
		{"trace", 0, c.trace},
		{"assert", 0, c.assert},
		{"clear", 0, func([]goja.Value) { c.groups = 0 }},
		{"group", 0, c.group},
		{"groupCollapsed", 0, c.group},
		{"groupEnd", 0, func([]goja.Value) { c.groups = max(0, c.groups-1) }},
	}
}

func argument(args []goja.Value, index int) goja.Value {
	if index >= len(args) {
		return goja.Undefined()
	}
	return args[index]
}

func (c *console) group(args []goja.Value) {
	if len(args) > 0 {
		c.write(slog.LevelInfo, c.Format(args))
	}
	c.groups++
}

// assert writes only if its first argument is falsy.
func (c *console) assert(args []goja.Value) {
	if argument(args, 0).ToBoolean() {
		return
	}
	text := "Assertion failed"
	if len(args) > 1 {
		text += ": " + c.Format(args[1:])
	}
	c.write(slog.LevelError, text)
}

// trace writes the stack of its caller, without the server's own frames.
func (c *console) trace(args []goja.Value) {
	const maxFrames = 50
	text := "Trace"
	if len(args) > 0 {
		text += ": " + c.Format(args)
	}
	for _, frame := range c.vm.CaptureCallStack(maxFrames, nil) {
		name, position := frame.FuncName(), frame.Position().String()
		switch {
		case frame.SrcName() == "<native>" || strings.HasPrefix(frame.SrcName(), "sigil:"):
		case name == "" || name == "<anonymous>":
			text += "\n    at " + position
		default:
			text += "\n    at " + name + " (" + position + ")"
		}
	}
	c.write(slog.LevelInfo, clip(text, maxTextBytes))
}

// label is the name of a counter or timer. A method of the script's may run; what it throws goes on to the caller.
func label(args []goja.Value) string {
	value := argument(args, 0)
	if goja.IsUndefined(value) {
		return "default"
	}
	return clip(value.String(), 200)
}
