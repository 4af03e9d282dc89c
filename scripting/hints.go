package scripting

import "strings"

// hint is what to try about an exception, or "".
func hint(e *Error) string {
	switch e.Name {
	case "ReferenceError":
		return undefinedHint(missingName(e.Message))
	case "TypeError":
		return typeHint(e.Message)
	}
	return ""
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
	case "process", "global", "Buffer", "setImmediate":
		return name + " is of Node.js; an app gets its settings from this.config"
	case "window", "document", "navigator", "localStorage", "sessionStorage", "location", "alert", "XMLHttpRequest":
		return name + " is of browsers; this code runs on the server"
	}
	return "is it misspelt, or is an import missing?"
}

func typeHint(message string) string {
	switch {
	case strings.HasPrefix(message, "Cannot read property"):
		return "the value before the dot is missing; test it, or use ?."
	case strings.HasSuffix(message, "is not a function"):
		return "check the spelling of the method and what the value is"
	}
	return ""
}
