// Package urlpattern is the pattern language of the URL Pattern standard (urlpattern.spec.whatwg.org, chapter 2 and 1.6): it
// makes regular expressions of patterns, and cuts a pattern for a whole URL into those for its components. It knows neither
// URLs nor the engine that runs the expressions. Its functions may be called from any goroutine.
package urlpattern

import (
	"fmt"
	"strings"
)

// MaxBytes is how long a pattern may be.
const MaxBytes = 1 << 14

// Options are what a component's patterns know of its syntax (2.1.3). The zero is for components without segments.
type Options struct {
	// Delimiter ends what ":name" matches, in ASCII.
	Delimiter string
	// Prefix is the character that belongs to the group behind it: "/:id?" makes the slash optional, too.
	Prefix string
}

// Component is a compiled pattern.
type Component struct {
	// Pattern is its text in normal form.
	Pattern string
	// Expression is a regular expression of ECMAScript for the flags "u" or "v".
	Expression string
	// Names of its groups, in order; those without a name have numbers.
	Names []string
	// Custom tells that it has regular expressions of its author's.
	Custom bool
}

// Compile makes a regular expression of a pattern. What stands for itself in it goes through encode, which gives it the form
// that it has in URLs, or an error if it cannot stand there.
func Compile(pattern string, encode func(string) (string, error), o Options) (Component, error) {
	if len(pattern) > MaxBytes {
		return Component{}, fmt.Errorf("the pattern is longer than %d bytes", MaxBytes)
	}
	parts, err := parse([]rune(pattern), encode, o)
	if err != nil {
		return Component{}, err
	}
	c := Component{Pattern: patternOf(parts, o)}
	c.Expression, c.Names = expressionOf(parts, o)
	for _, p := range parts {
		c.Custom = c.Custom || p.kind == partRegexp
	}
	return c, nil
}

var (
	patternEscapes    = escaper(`+*?:{}()\`)
	expressionEscapes = escaper(`.+*?^${}()[]|/\`)
)

func escaper(special string) *strings.Replacer {
	var pairs []string
	for _, c := range special {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	return strings.NewReplacer(pairs...)
}

// Escape makes a pattern that matches nothing but text (2.3).
func Escape(text string) string { return patternEscapes.Replace(text) }
