package appbase

import (
	"maps"
	"testing"
)

func TestComment(t *testing.T) {
	for text, want := range map[string]comment{
		"":                            {},
		"Lists books":                 {summary: "Lists books"},
		"Lists\n books. And more":     {summary: "Lists books", description: "And more"},
		"What?\n\nYes. No.":           {summary: "What?", description: "Yes. No."},
		"One\n\nTwo\nthree":           {summary: "One", description: "Two\nthree"},
		"It costs 1.50 or so... more": {summary: "It costs 1.50 or so...", description: "more"},
		"@deprecated":                 {deprecated: true},
		"A.\n@deprecated use\n  b\n@returns {string} the x":          {summary: "A", deprecated: true, note: "use b", returns: "the x"},
		"@param {number} a - first\n@param [b] second one\n@param c": {params: map[string]string{"a": "first", "b": "second one", "c": ""}},
		"mail@example.com is kept":                                   {summary: "mail@example.com is kept"},
	} {
		got := newComment(text)
		if got.summary != want.summary || got.description != want.description || got.deprecated != want.deprecated || got.note != want.note ||
			got.returns != want.returns || !maps.Equal(got.params, want.params) {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}
