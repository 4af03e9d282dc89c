// Package repository gives apps this.repository(name): collections of items that survive restarts, tell of their changes,
// and need no SQL.
package repository

import (
	"context"
	_ "embed" // the declarations
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/dop251/goja"
	"github.com/google/uuid"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

//go:embed repository.d.ts
var declarations string

// Declarations are the TypeScript declarations of this.repository.
func Declarations() string { return declarations }

const (
	maxItemBytes  = 1 << 20
	maxFound      = 50_000
	maxFoundBytes = 64 << 20
	maxSizeLimit  = 10_000_000
	maxIndexes    = 16
)

var (
	repositoryName = regexp.MustCompile(`^[A-Za-z][\w-]{0,99}$`)
	errTooMany     = errors.New("there are more items than can be held at once: add a limit")
)

// object is one repository in one runtime.
type object struct {
	*calls.Caller
	items *Items
	name  string
}

// New makes the object for the arguments (name, options).
func New(c *calls.Caller, items *Items, call goja.FunctionCall) *goja.Object {
	o := &object{c, items, c.Text(call.Argument(0), "the name of a repository")}
	if !repositoryName.MatchString(o.name) {
		c.Refuse("%q cannot be a repository: its name is of letters, digits, - and _, beginning with a letter", o.name)
	}
	if calls.Given(call.Argument(1)) {
		o.configure(c.Options(call.Argument(1), "this.repository", "ttl", "maxSize", "index"))
	}
	made := c.Runtime.VM().NewObject()
	for name, method := range map[string]struct {
		length int
		fn     func(goja.FunctionCall) goja.Value
	}{
		"store": {1, o.store}, "retrieve": {0, o.retrieve}, "get": {1, o.get}, "count": {0, o.count}, "delete": {1, o.remove}, "clear": {0, o.clear},
	} {
		c.Method(made, name, method.length, method.fn)
	}
	_ = made.DefineDataProperty("name", c.Runtime.VM().ToValue(o.name), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_TRUE)
	return made
}

func (o *object) configure(option func(string) goja.Value) {
	s := settings{ttl: o.Duration(option("ttl"), "ttl", time.Millisecond), maxSize: o.Count(option("maxSize"), "maxSize", 1, maxSizeLimit, 0)}
	o.items.setOptions(o.name, s)
	list, ok := option("index").(*goja.Object)
	if !ok {
		return
	}
	var fields []string
	o.Runtime.VM().ForOf(list, func(field goja.Value) bool {
		o.checkField(field.String())
		fields = append(fields, field.String())
		return len(fields) < maxIndexes
	})
	for _, field := range fields {
		err := o.Pool.Go(func() {
			ctx, cancel := context.WithTimeout(o.Context, time.Minute)
			defer cancel()
			if err := o.items.index(ctx, o.name, field); err != nil && o.Context.Err() == nil {
				o.Post(func() { o.Failed(err) })
			}
		})
		if err != nil {
			o.Failed(err)
		}
	}
}

func (o *object) store(call goja.FunctionCall) goja.Value {
	item := call.Argument(0)
	c := o.candidate(item)
	made := o.Begin()
	var id string
	var isNew bool
	o.items.change(&job{
		repository: o.name,
		run: func(ctx context.Context, w *writer) (err error) {
			id, isNew, err = w.store(ctx, c)
			return err
		},
		done: func(err error) {
			made.End(func() (goja.Value, error) {
				if object, ok := item.(*goja.Object); ok && c.id == "" {
					_ = object.Set("id", o.Decode(id)) // a frozen item stays as it is
				}
				return o.Runtime.VM().ToValue(isNew), nil
			}, err)
		},
	})
	return made.Promise
}

// candidate reads an item.
func (o *object) candidate(v goja.Value) candidate {
	text := o.json(v)
	switch {
	case text == "" || text == "null":
		o.Refuse("%s cannot be stored: it has no JSON form", calls.Show(v))
	case len(text) > maxItemBytes:
		o.Refuse("the item has %d bytes; at most %d can be stored", len(text), maxItemBytes)
	}
	object, ok := o.Decode(text).(*goja.Object) // as it will be read, whatever toJSON made of it
	if !ok || object.ClassName() != "Object" {
		return candidate{body: text, id: text, plain: true}
	}
	c := candidate{body: text, fresh: `"` + uuid.NewString() + `"`, alias: o.alias(object)}
	if id := object.Get("id"); calls.Given(id) {
		if c.id = o.json(id); strings.HasPrefix(c.id, "{") || strings.HasPrefix(c.id, "[") || len(c.id) > 1000 {
			o.Refuse("an id is a text or a number, not %s", calls.Show(id))
		}
		return c
	}
	_ = object.Delete("id") // null
	c.body = o.json(object)
	return c
}

// alias is an item's name, or else its key, by which it is found when it comes without an id.
func (o *object) alias(object *goja.Object) string {
	for _, field := range []string{"name", "key"} {
		if text, ok := object.Get(field).(goja.String); ok && text.Length() > 0 && text.Length() <= 1000 {
			return field + ":" + text.String()
		}
	}
	return ""
}

func (o *object) retrieve(call goja.FunctionCall) goja.Value {
	option := o.Options(call.Argument(0), "retrieve", "where", "first", "last", "limit", "order", "default")
	s, single := o.selection(option)
	fallback := option("default")
	last := option("last") != nil
	return o.Promise(calls.DefaultTime, func(ctx context.Context) (calls.Result, error) {
		bodies, err := o.items.find(ctx, o.name, s)
		return func() (goja.Value, error) { return o.found(bodies, single, last, fallback), nil }, err
	})
}

// found makes what retrieve gives.
func (o *object) found(bodies []string, single, reverse bool, fallback goja.Value) goja.Value {
	switch {
	case len(bodies) == 0 && fallback != nil:
		return fallback
	case single && len(bodies) == 0:
		return goja.Undefined()
	case single:
		return o.Decode(bodies[0])
	}
	list := make([]any, len(bodies))
	for i, body := range bodies {
		if reverse {
			list[len(bodies)-1-i] = o.Decode(body)
		} else {
			list[i] = o.Decode(body)
		}
	}
	return o.Runtime.VM().NewArray(list...)
}

// selection reads the options of retrieve; single says that one item is wanted and no list.
func (o *object) selection(option func(string) goja.Value) (s selection, single bool) {
	if v := option("where"); v != nil {
		s.filter = o.filterOf(v)
	}
	if v := option("order"); v != nil {
		s.order, s.down = strings.CutPrefix(o.Text(v, "order"), "-")
		o.checkField(s.order)
	}
	s.limit = o.Count(option("limit"), "limit", 1, maxFound, 0)
	for _, end := range []string{"first", "last"} {
		v := option(end)
		if v == nil {
			continue
		}
		if s.limit = 1; v.Export() == true {
			single = true
		} else {
			s.limit = o.Count(v, end, 1, maxFound, 1)
		}
		s.down = s.down != (end == "last")
	}
	return s, single
}

func (o *object) get(call goja.FunctionCall) goja.Value {
	s := selection{filter: filter{{"id", []string{o.json(call.Argument(0))}}}, limit: 1}
	return o.Promise(calls.DefaultTime, func(ctx context.Context) (calls.Result, error) {
		bodies, err := o.items.find(ctx, o.name, s)
		return func() (goja.Value, error) { return o.found(bodies, true, false, nil), nil }, err
	})
}

func (o *object) count(call goja.FunctionCall) goja.Value {
	var f filter
	if calls.Given(call.Argument(0)) {
		f = o.filterOf(call.Argument(0))
	}
	return o.Promise(calls.DefaultTime, func(ctx context.Context) (calls.Result, error) {
		n, err := o.items.count(ctx, o.name, f)
		return o.Value(n), err
	})
}

// remove deletes by id, or by fields, and gives what was deleted.
func (o *object) remove(call goja.FunctionCall) goja.Value {
	criteria := call.Argument(0)
	f := filter{{"id", []string{o.json(criteria)}}}
	if _, ok := criteria.(*goja.Object); ok {
		f = o.filterOf(criteria)
	} else if !calls.Given(criteria) {
		o.Refuse("delete takes an id, or fields such as { room: \"lobby\" }; to delete everything there is clear")
	}
	return o.deleteAll(f, func(bodies []string) goja.Value { return o.found(bodies, false, false, nil) })
}

// clear deletes everything, and gives how much it was.
func (o *object) clear(goja.FunctionCall) goja.Value {
	return o.deleteAll(nil, func(bodies []string) goja.Value { return o.Runtime.VM().ToValue(len(bodies)) })
}

func (o *object) deleteAll(f filter, result func([]string) goja.Value) goja.Value {
	made := o.Begin()
	var bodies []string
	o.items.change(&job{
		repository: o.name,
		run: func(ctx context.Context, w *writer) error {
			query, args := selection{filter: f, limit: maxFound}.sql("id, body", o.name, w.now, w.postgres)
			rows, err := w.rows(ctx, query, args...)
			if err != nil {
				return err
			}
			bodies = nil
			for _, row := range rows {
				bodies = append(bodies, row.body)
			}
			return w.remove(ctx, rows, "deleted", "")
		},
		done: func(err error) { made.End(func() (goja.Value, error) { return result(bodies), nil }, err) },
	})
	return made.Promise
}
