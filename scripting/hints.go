package scripting

import "strings"

// maxHints bounds the names that a runtime remembers a suggestion for.
const maxHints = 64

// hint is what to try about an exception, or "".
func (rt *Runtime) hint(e *Error) string {
	switch e.Name {
	case "ReferenceError":
		name := missingName(e.Message)
		return rt.suggest(name, undefinedHint(name), rt.vm.GlobalObject().GetOwnPropertyNames())
	case "TypeError":
		return rt.suggest(missingMember(e.Message), typeHint(e.Message), nil)
	}
	return ""
}

// suggest names a word of the author's own sources, or one of others, that a
// missing name may have been meant to be; without one it returns the general
// hint.
func (rt *Runtime) suggest(name, general string, others []string) string {
	if name == "" {
		return general
	}
	if known, ok := rt.hints[name]; ok {
		return known
	}
	hint := general
	if near := nearest(name, others); near != "" {
		hint = "did you mean " + near + "?"
	}
	for _, p := range rt.programs {
		if near := nearest(name, p.words()); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	if len(rt.hints) < maxHints {
		if rt.hints == nil {
			rt.hints = make(map[string]string)
		}
		rt.hints[name] = hint
	}
	return hint
}

// missingMember is x of "Object has no member 'x'".
func missingMember(message string) string {
	_, rest, ok := strings.Cut(message, "has no member '")
	if !ok {
		return ""
	}
	return strings.TrimSuffix(rest, "'")
}

// missingName is x of "x is not defined".
func missingName(message string) string {
	name, ok := strings.CutSuffix(message, " is not defined")
	if !ok {
		return ""
	}
	return name
}

func undefinedHint(name string) string {
	switch name {
	case "":
		return ""
	case "require", "module", "exports", "__dirname", "__filename":
		return "apps are ES modules: use import and export"
	case "process":
		return "process is of Node.js; an app gets its settings from this.config and this.env"
	case "Buffer":
		return "Buffer is of Node.js; here are Uint8Array (toBase64, toHex), TextEncoder and TextDecoder"
	case "global":
		return "global is of Node.js; it is globalThis elsewhere"
	case "setImmediate":
		return "setImmediate is of Node.js; setTimeout(fn, 0) does the same"
	case "Deno", "Bun":
		return name + " is another server: instead of " + name + ".serve(app.fetch), write export default app"
	case "window", "document", "navigator", "localStorage", "sessionStorage", "location", "alert", "XMLHttpRequest":
		return name + " is of browsers; this code runs on the server"
	}
	return "is it misspelt, or is an import missing?"
}

func typeHint(message string) string {
	switch {
	case strings.HasPrefix(message, "Cannot read property"):
		return "the value before the dot is missing; test it, or use ?."
	case strings.HasSuffix(message, "is not a function"), strings.Contains(message, "has no member '"):
		return "check the spelling of the method and what the value is"
	case strings.HasPrefix(message, "Class extends value"):
		return "is it exported by the file it is imported from? two files that import each other cannot extend each other's classes at once"
	case strings.HasSuffix(message, "serialize a BigInt"):
		return "JSON has no such numbers: make it a Number or a text first"
	case strings.HasPrefix(message, "Converting circular structure"):
		return "what is sent as JSON must not hold itself: pick what is to be told"
	}
	return ""
}
