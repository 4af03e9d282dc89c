package console

import (
	"regexp"
	"strings"

	"github.com/dop251/goja"
)

// failure shows an Error: its stack, then what else it has, and its cause.
func (p *printer) failure(object *goja.Object) string {
	text := p.stack(object)
	if p.deep() {
		head, _, _ := strings.Cut(text, "\n")
		return p.spend("[" + head + "]")
	}
	text = p.spend(text)
	own := map[string]bool{"stack": true, "message": true, "name": true, "cause": true, "errors": true}
	entries := p.properties(object, func(key string) bool { return own[key] })
	for _, key := range []string{"cause", "errors"} {
		p.peek(object, p.vm.ToValue(key), func(value goja.Value, accessor string, _ bool) {
			entries = append(entries, "["+key+"]: "+p.orAccessor(value, accessor))
		})
	}
	if len(entries) == 0 {
		return text
	}
	return block(text, "{", "}", entries, false)
}

// stack is the stack that the engine wrote, without the server's own frames, or else class and message.
func (p *printer) stack(object *goja.Object) string {
	var text, message string
	p.peek(object, p.vm.ToValue("stack"), func(value goja.Value, _ string, _ bool) {
		if s, ok := value.(goja.String); ok {
			text = cleanStack(clip(s.String(), maxStringBytes))
		}
	})
	if text != "" {
		return text
	}
	p.peek(object, p.vm.ToValue("message"), func(value goja.Value, _ string, _ bool) {
		if s, ok := value.(goja.String); ok {
			message = ": " + clip(s.String(), maxStringBytes)
		}
	})
	return p.className(object) + message
}

// counter is the engine's program counter behind a position.
var counter = regexp.MustCompile(`(:\d+:\d+)\(\d+\)`)

func cleanStack(stack string) string {
	var kept []string
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\n")
		isFrame := strings.HasPrefix(line, "\tat ")
		if isFrame && (strings.Contains(line, "sigil:") || strings.Contains(line, "(native)")) {
			continue
		}
		if isFrame {
			line = "    " + counter.ReplaceAllString(line[1:], "$1")
		}
		kept = append(kept, line)
	}
	return strings.TrimRight(strings.Join(kept, "\n"), "\n")
}
