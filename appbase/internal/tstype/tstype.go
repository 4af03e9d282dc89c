// Package tstype says a TypeScript type as JSON Schema (draft 2020-12), as far as JSON has words for it.
package tstype

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a type.
const (
	maxBytes = 16 << 10
	maxDepth = 40
)

// Result is a type as JSON Schema.
type Result struct {
	Schema map[string]any
	Names  []string // of other types that it refers to, as "#/$defs/Name"; sorted
	// Undefined says that the value may be missing.
	Undefined bool
}

// Parse reads a type as TypeScript has it: names, literals, arrays, tuples, objects, unions, intersections, Record, Date and the like.
// What has no JSON form, such as functions and maps, is an error, and so are types that are computed.
func Parse(text string) (r Result, err error) {
	if len(text) > maxBytes {
		return r, fmt.Errorf("a type of %d bytes; at most %d are read", len(text), maxBytes)
	}
	p := &parser{tokens: tokens(text), names: map[string]bool{}}
	t, err := p.union()
	if err == nil && p.token().text != "" {
		err = p.unexpected()
	}
	if err != nil {
		return r, err
	}
	return Result{Schema: t.schema, Names: slices.Sorted(maps.Keys(p.names)), Undefined: t.undefined}, nil
}

// typ is a type on the way: a schema, or nothing but undefined.
type typ struct {
	schema    map[string]any
	literal   any // of a type of one value
	isLiteral bool
	isNull    bool
	undefined bool
}

type parser struct {
	tokens []token
	names  map[string]bool
	depth  int
}

func (p *parser) token() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.token()
	if len(p.tokens) > 0 {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) take(text string) bool {
	if p.token().text != text || p.token().isText {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(text string) error {
	if !p.take(text) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() error {
	if p.token().text == "" {
		return fmt.Errorf("the type ends too early")
	}
	return fmt.Errorf("%q has no JSON form", p.token().text)
}

// union reads A | B | ...
func (p *parser) union() (typ, error) {
	if p.depth++; p.depth > maxDepth {
		return typ{}, fmt.Errorf("the type is nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	p.take("|")
	var all []typ
	for {
		one, err := p.intersection()
		if err != nil {
			return typ{}, err
		}
		if all = append(all, one); !p.take("|") {
			return joined(all), nil
		}
	}
}

// joined is the union of types.
func joined(all []typ) typ {
	if len(all) == 1 {
		return all[0]
	}
	var t typ
	var literals, schemas []any
	null := false
	for _, one := range all {
		t.undefined = t.undefined || one.undefined
		switch {
		case one.isNull:
			null = true
		case one.isLiteral:
			literals = append(literals, one.literal)
		case one.schema != nil:
			schemas = append(schemas, one.schema)
		}
	}
	if len(literals) > 0 {
		schemas = append(schemas, enum(literals))
	}
	t.schema = either(schemas, null)
	return t
}

// enum is one of several values; with their type, if they have the same.
func enum(values []any) map[string]any {
	schema := map[string]any{"enum": values}
	kinds := map[string]bool{}
	for _, v := range values {
		kinds[kindOf(v)] = true
	}
	if len(kinds) == 1 {
		schema["type"] = kindOf(values[0])
	}
	return schema
}

func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	}
	return "number"
}

func either(schemas []any, null bool) map[string]any {
	if null && len(schemas) == 1 {
		one := schemas[0].(map[string]any)
		kind, simple := one["type"].(string)
		if values, isEnum := one["enum"].([]any); simple && isEnum {
			return map[string]any{"type": []any{kind, "null"}, "enum": append(slices.Clone(values), nil)}
		}
		if simple {
			nullable := maps.Clone(one)
			nullable["type"] = []any{kind, "null"}
			return nullable
		}
	}
	if null {
		schemas = append(schemas, map[string]any{"type": "null"})
	}
	switch len(schemas) {
	case 0:
		return map[string]any{}
	case 1:
		return schemas[0].(map[string]any)
	}
	return map[string]any{"anyOf": schemas}
}

// intersection reads A & B & ...
func (p *parser) intersection() (typ, error) {
	p.take("&")
	one, err := p.list()
	if err != nil || p.token().text != "&" {
		return one, err
	}
	all := []any{one.schema}
	for p.take("&") {
		if one, err = p.list(); err != nil {
			return typ{}, err
		}
		all = append(all, one.schema)
	}
	return typ{schema: map[string]any{"allOf": all}}, nil
}

// list reads T[][].
func (p *parser) list() (typ, error) {
	for p.take("readonly") {
	}
	t, err := p.primary()
	for err == nil && p.take("[") {
		if err = p.expect("]"); err == nil {
			t = typ{schema: listOf(t)}
		}
	}
	return t, err
}

func listOf(t typ) map[string]any {
	return map[string]any{"type": "array", "items": t.own()}
}

// own is the schema of a type that stands alone.
func (t typ) own() map[string]any {
	if t.schema == nil {
		return map[string]any{}
	}
	return t.schema
}

func literal(value any) typ {
	return typ{schema: map[string]any{"const": value}, literal: value, isLiteral: true}
}

func (p *parser) primary() (typ, error) {
	t := p.token()
	switch {
	case t.isText:
		p.next()
		return literal(t.text), nil
	case t.text == "(":
		return p.parenthesized()
	case t.text == "[":
		return p.tuple()
	case t.text == "{":
		return p.object()
	case t.text == "-" || t.isNumber():
		return p.number()
	case t.isName():
		p.next()
		return p.named(t.text)
	}
	return typ{}, p.unexpected()
}

func (p *parser) number() (typ, error) {
	text := ""
	if p.take("-") {
		text = "-"
	}
	n, err := strconv.ParseFloat(text+strings.ReplaceAll(p.token().text, "_", ""), 64)
	if err != nil || !p.next().isNumber() {
		return typ{}, fmt.Errorf("%q is no number", text)
	}
	return literal(n), nil
}

func (p *parser) parenthesized() (typ, error) {
	p.next()
	t, err := p.union()
	if err == nil {
		err = p.expect(")")
	}
	if err == nil && p.token().text == "=>" {
		err = fmt.Errorf("a function has no JSON form")
	}
	return t, err
}
