package tstype

import "fmt"

// plain are types by name that take no parameters.
func plain(name string) (typ, bool) {
	schema := map[string]any{}
	switch name {
	case "any", "unknown":
	case "string", "number", "boolean", "object":
		schema["type"] = name
	case "bigint":
		schema["type"] = "integer"
	case "null":
		return typ{schema: map[string]any{"type": "null"}, isNull: true}, true
	case "undefined", "void":
		return typ{undefined: true}, true
	case "true", "false":
		return literal(name == "true"), true
	case "Date":
		schema["type"], schema["format"] = "string", "date-time"
	case "URL":
		schema["type"], schema["format"] = "string", "uri"
	default:
		return typ{}, false
	}
	return typ{schema: schema}, true
}

// named is a type by its name, which has been passed.
func (p *parser) named(name string) (typ, error) {
	if p.token().text == "<" {
		return p.generic(name)
	}
	if t, ok := plain(name); ok {
		return t, nil
	}
	switch name {
	case "keyof", "typeof", "unique", "infer", "new", "symbol", "never", "Function", "Map", "Set", "WeakMap", "WeakSet", "Promise", "ArrayBuffer", "Uint8Array", "Blob", "RegExp":
		return typ{}, fmt.Errorf("%s has no JSON form", name)
	}
	if p.token().text == "." {
		return typ{}, fmt.Errorf("%s. is a name within another", name)
	}
	p.names[name] = true
	return typ{schema: map[string]any{"$ref": "#/$defs/" + name}}, nil
}

// generic is a type with parameters.
func (p *parser) generic(name string) (typ, error) {
	args, err := p.arguments()
	if err != nil {
		return typ{}, err
	}
	switch {
	case (name == "Array" || name == "ReadonlyArray") && len(args) == 1:
		return typ{schema: listOf(args[0])}, nil
	case name == "Record" && len(args) == 2:
		schema := map[string]any{"type": "object", "additionalProperties": args[1].own()}
		if key := args[0].own(); key["type"] != "string" || key["enum"] != nil {
			schema["propertyNames"] = key
		}
		return typ{schema: schema}, nil
	case name == "Readonly" && len(args) == 1:
		return args[0], nil
	}
	return typ{}, fmt.Errorf("%s<...> has no JSON form that is known here", name)
}

func (p *parser) arguments() (all []typ, err error) {
	for p.take("<") || p.take(",") {
		one, err := p.union()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, p.expect(">")
}

// tuple reads [A, B?, ...C[]].
func (p *parser) tuple() (typ, error) {
	p.next()
	items, least := []any{}, 0
	schema := map[string]any{"type": "array"}
	for !p.take("]") {
		rest := p.take("...")
		if p.token().isName() && len(p.tokens) > 1 && p.tokens[1].text == ":" {
			p.next() // the name of an element
			p.next()
		}
		one, err := p.union()
		if err != nil {
			return typ{}, err
		}
		switch {
		case rest:
			schema["items"] = one.own()["items"]
		case p.take("?"):
			items = append(items, one.own())
		default:
			items = append(items, one.own())
			least = len(items)
		}
		if !p.take(",") && p.token().text != "]" {
			return typ{}, p.unexpected()
		}
	}
	schema["prefixItems"], schema["minItems"] = items, least
	if schema["items"] == nil {
		delete(schema, "items")
		schema["maxItems"] = len(items)
	}
	return typ{schema: schema}, nil
}

// object reads { a: A; b?: B; [key: string]: C }.
func (p *parser) object() (typ, error) {
	p.next()
	properties, required := map[string]any{}, []any{}
	schema := map[string]any{"type": "object"}
	for !p.take("}") {
		doc := p.token().doc
		p.take("readonly")
		if p.take("[") {
			if err := p.index(schema); err != nil {
				return typ{}, err
			}
			continue
		}
		name := p.next()
		if !name.isName() && !name.isText && !name.isNumber() {
			return typ{}, fmt.Errorf("%q is no name of a member", name.text)
		}
		optional := p.take("?")
		if err := p.expect(":"); err != nil {
			return typ{}, err
		}
		one, err := p.union()
		if err != nil {
			return typ{}, fmt.Errorf("%s: %w", name.text, err)
		}
		properties[name.text] = described(one.own(), doc)
		if !optional && !one.undefined {
			required = append(required, name.text)
		}
		p.separator()
	}
	if len(properties) > 0 {
		schema["properties"] = properties
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return typ{schema: schema}, nil
}

// index reads key: string]: T.
func (p *parser) index(schema map[string]any) error {
	p.next()
	if err := p.expect(":"); err != nil {
		return err
	}
	if _, err := p.union(); err != nil {
		return err
	}
	for _, text := range []string{"]", ":"} {
		if err := p.expect(text); err != nil {
			return err
		}
	}
	one, err := p.union()
	schema["additionalProperties"] = one.own()
	p.separator()
	return err
}

func (p *parser) separator() {
	if !p.take(";") {
		p.take(",")
	}
}

func described(schema map[string]any, doc string) map[string]any {
	if doc == "" {
		return schema
	}
	with := map[string]any{"description": doc}
	for key, value := range schema {
		with[key] = value
	}
	return with
}
