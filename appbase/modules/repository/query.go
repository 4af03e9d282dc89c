package repository

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// fieldName is what can stand in where, order and index: names with dots between them.
var fieldName = regexp.MustCompile(`^[A-Za-z_$][\w$-]*(\.[A-Za-z_$][\w$-]*)*$`)

// expression is a field of an item in SQL, as JSON that compares equal when the values are.
func expression(field string, postgres bool) string {
	if postgres {
		return `(body::jsonb #> '{` + strings.ReplaceAll(field, ".", ",") + `}')`
	}
	return `(body -> '$."` + strings.ReplaceAll(field, ".", `"."`) + `"')`
}

// sortable is a field in SQL as it is put in order.
func sortable(field string, postgres bool) string {
	if postgres {
		return expression(field, true)
	}
	return `(body ->> '$."` + strings.ReplaceAll(field, ".", `"."`) + `"')`
}

// filter are conditions on fields: each has one of some values, as JSON.
type filter []condition

type condition struct {
	field  string
	values []string
}

// sql adds the conditions to a statement.
func (f filter) sql(b *strings.Builder, args *[]any, postgres bool) {
	for _, c := range f {
		field, cast := expression(c.field, postgres), "?"
		switch {
		case c.field == "id":
			field = "id" // has a column, and an index
		case postgres:
			cast = "?::jsonb"
		}
		b.WriteString(" AND (" + field + " IN (" + strings.TrimSuffix(strings.Repeat(cast+",", len(c.values)), ",") + ")")
		for _, v := range c.values {
			*args = append(*args, v)
		}
		if slices.Contains(c.values, "null") {
			b.WriteString(" OR " + field + " IS NULL")
		}
		b.WriteString(")")
	}
}

// selection says which items are wanted, and in which order.
type selection struct {
	filter filter
	order  string // a field; "": as they were stored
	down   bool
	limit  int
}

func (s selection) sql(what, repository string, now time.Time, postgres bool) (string, []any) {
	var b strings.Builder
	args := []any{repository, now.UnixMilli()}
	b.WriteString("SELECT " + what + " FROM sigil_items WHERE repository = ? AND (expires IS NULL OR expires > ?)")
	s.filter.sql(&b, &args, postgres)
	if what == "count(*)" {
		return b.String(), args
	}
	direction := ""
	if s.down {
		direction = " DESC"
	}
	b.WriteString(" ORDER BY ")
	if s.order != "" {
		b.WriteString(sortable(s.order, postgres) + direction + ", ")
	}
	b.WriteString("seq" + direction)
	if s.limit > 0 {
		b.WriteString(" LIMIT ?")
		args = append(args, int64(s.limit))
	}
	return b.String(), args
}

// find reads the bodies of items.
func (t *Items) find(ctx context.Context, repository string, s selection) (bodies []string, err error) {
	store, err := t.prepared(ctx)
	if err != nil {
		return nil, err
	}
	query, args := s.sql("body", repository, t.time.Now(), store.Dialect() == "postgres")
	bytes := 0
	err = store.Query(ctx, query, args, func(_ []string, values []any) error {
		body, _ := values[0].(string)
		bodies = append(bodies, body)
		if bytes += len(body) + 16; len(bodies) > maxFound || bytes > maxFoundBytes {
			return errTooMany
		}
		return nil
	})
	return bodies, err
}

func (t *Items) count(ctx context.Context, repository string, f filter) (n int64, err error) {
	store, err := t.prepared(ctx)
	if err != nil {
		return 0, err
	}
	query, args := selection{filter: f}.sql("count(*)", repository, t.time.Now(), store.Dialect() == "postgres")
	err = store.Query(ctx, query, args, func(_ []string, values []any) error {
		n, _ = values[0].(int64)
		return nil
	})
	return n, err
}

// filterOf reads { field: value, other: [one, of] }.
func (o *object) filterOf(v goja.Value) (f filter) {
	object, ok := v.(*goja.Object)
	if !ok || object.ClassName() != "Object" {
		o.Refuse("where is an object of fields and values, such as { room: \"lobby\" }")
	}
	for _, field := range object.Keys() {
		o.checkField(field)
		c := condition{field: field}
		value := object.Get(field)
		if list, ok := value.(*goja.Object); ok && list.ClassName() == "Array" {
			o.Runtime.VM().ForOf(list, func(one goja.Value) bool {
				c.values = append(c.values, o.json(one))
				return len(c.values) < maxAlternatives
			})
			if len(c.values) == 0 {
				c.values = []string{`{"no":"value"}`} // nothing is one of nothing
			}
		} else {
			c.values = []string{o.json(value)}
		}
		f = append(f, c)
	}
	return f
}

const maxAlternatives = 1000

func (o *object) checkField(field string) {
	if len(field) > 200 || !fieldName.MatchString(field) {
		o.Refuse("%q cannot be a field: a field is a name, or names with dots between them", field)
	}
}

// json is a value to compare with; undefined is null.
func (o *object) json(v goja.Value) string {
	if v == nil || goja.IsUndefined(v) {
		return "null"
	}
	text, err := o.Encode(v)
	if err != nil {
		o.Runtime.Throw(err)
	}
	return text
}
