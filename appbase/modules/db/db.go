// Package db gives apps this.db: SQL with bound parameters, transactions and streamed rows.
package db

import (
	"context"
	_ "embed" // the declarations
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/internal/statements"
)

//go:embed db.d.ts
var declarations string

// Declarations are the TypeScript declarations of this.db.
func Declarations() string { return declarations }

type (
	// Runner is what the module needs of a store, for those who bring one.
	Runner = statements.Runner
	// Tx is a transaction of a Runner.
	Tx = statements.Tx
	// Store is the durable store behind this.db.
	Store = statements.Store
)

// Bounds of what one app has under way.
const (
	maxTxs      = 64 // transactions, those that wait for others included
	maxStreams  = 4
	maxRows     = 50_000
	maxRowBytes = 64 << 20
)

// Database is one app's, for all its runtimes.
type Database struct {
	open    func(context.Context) (statements.Store, error)
	txs     atomic.Int64 // begun or waiting
	running atomic.Int64 // begun
	streams atomic.Int64
}

// NewDatabase opens nothing: open is called at the first use, and later ones; it must be cheap once it has succeeded.
func NewDatabase(open func(context.Context) (statements.Store, error)) *Database {
	return &Database{open: open}
}

// object is this.db in one runtime.
type object struct {
	*calls.Caller
	database *Database
}

// New makes the object.
func New(c *calls.Caller, database *Database) *goja.Object {
	o := &object{c, database}
	made := o.runner(func(limit time.Duration, work func(ctx context.Context, on statements.Runner) (calls.Result, error)) goja.Value {
		return o.Promise(limit, func(ctx context.Context) (calls.Result, error) {
			store, err := database.open(ctx)
			if err != nil {
				return nil, err
			}
			result, err := work(ctx, store)
			return result, database.explain(err)
		})
	})
	c.Method(made, "tx", 1, o.tx)
	c.Method(made, "stream", 1, o.stream)
	return made
}

// explain says why a statement may have waited in vain.
func (d *Database) explain(err error) error {
	var coded interface{ ErrorCode() string }
	if errors.As(err, &coded) && (coded.ErrorCode() == "timeout" || coded.ErrorCode() == "busy") && d.running.Load() > 0 {
		return &hinted{err, coded.ErrorCode()}
	}
	return err
}

// hinted is an error with a remark.
type hinted struct {
	error
	code string
}

func (h *hinted) Error() string {
	return h.error.Error() + "; a transaction of this app is open (inside of db.tx, use its tx and not this.db or this.kv)"
}

func (h *hinted) ErrorCode() string { return h.code }

// via takes work to where statements run: the pool, or a transaction's goroutine.
type via func(limit time.Duration, work func(ctx context.Context, on statements.Runner) (calls.Result, error)) goja.Value

// runner makes an object with what this.db and a transaction share.
func (o *object) runner(run via) *goja.Object {
	made := o.Runtime.VM().NewObject()
	statement := func(label string, finish func(found *table) (goja.Value, error)) func(goja.FunctionCall) goja.Value {
		return func(call goja.FunctionCall) goja.Value {
			query, args, limit := o.arguments(call, label)
			return o.query(run, limit, query, args, finish)
		}
	}
	o.Method(made, "query", 1, statement("db.query", o.rows))
	o.Method(made, "queryOne", 1, statement("db.queryOne", o.firstRow))
	o.Method(made, "exec", 1, func(call goja.FunctionCall) goja.Value {
		query, args, limit := o.arguments(call, "db.exec")
		return run(limit, func(ctx context.Context, on statements.Runner) (calls.Result, error) {
			changed, lastID, err := on.Exec(ctx, query, args)
			return func() (goja.Value, error) { return o.outcome(changed, lastID), nil }, err
		})
	})
	o.Method(made, "sql", 1, func(call goja.FunctionCall) goja.Value {
		query, args := o.template(call)
		return o.query(run, calls.DefaultTime, query, args, o.rows)
	})
	return made
}

func (o *object) outcome(changed, lastID int64) goja.Value {
	made := o.Runtime.VM().NewObject()
	_ = made.Set("changes", changed)
	_ = made.Set("lastId", o.fromSQL(lastID))
	return made
}

// arguments reads (sql, [parameters], { timeout }).
func (o *object) arguments(call goja.FunctionCall, label string) (query string, args []any, limit time.Duration) {
	query = o.Text(call.Argument(0), "the statement of "+label)
	if list := call.Argument(1); calls.Given(list) {
		object, ok := list.(*goja.Object)
		if !ok || object.ClassName() != "Array" {
			o.Refuse("%s takes its parameters as an array: %s(\"... where id = ?\", [id])", label, label)
		}
		o.Runtime.VM().ForOf(object, func(v goja.Value) bool {
			args = append(args, o.toSQL(v, len(args)+1))
			return len(args) <= maxParameters
		})
	}
	limit = o.Duration(o.Options(call.Argument(2), label, "timeout")("timeout"), "timeout", time.Millisecond)
	if limit == 0 {
		limit = calls.DefaultTime
	}
	return query, args, min(limit, maxStatementTime)
}

const (
	maxParameters    = 30_000
	maxStatementTime = 5 * time.Minute
)

// template reads the arguments of a tagged template: values become parameters, never text of the statement.
func (o *object) template(call goja.FunctionCall) (query string, args []any) {
	parts, ok := call.Argument(0).(*goja.Object)
	if !ok || parts.ClassName() != "Array" {
		o.Refuse("db.sql is a tag: db.sql`select * from items where id = ${id}`")
	}
	var b strings.Builder
	n := int(parts.Get("length").ToInteger())
	for i := range min(n, maxParameters) {
		if b.WriteString(parts.Get(fmt.Sprint(i)).String()); i+1 < n {
			b.WriteByte('?')
			args = append(args, o.toSQL(call.Argument(i+1), i+1))
		}
	}
	return b.String(), args
}

// query runs a statement and makes something of its rows.
func (o *object) query(run via, limit time.Duration, query string, args []any, finish func(*table) (goja.Value, error)) goja.Value {
	return run(limit, func(ctx context.Context, on statements.Runner) (calls.Result, error) {
		found := &table{}
		err := on.Query(ctx, query, args, found.add)
		return func() (goja.Value, error) { return finish(found) }, err
	})
}

// table is what a query found.
type table struct {
	columns []string
	rows    [][]any
	bytes   int
}

var errTooMany = errors.New("the query has more rows than can be held at once: add a limit, or read them with db.stream")

func (t *table) add(columns []string, values []any) error {
	t.columns = columns
	t.rows = append(t.rows, values)
	for _, v := range values {
		t.bytes += 16 + length(v)
	}
	if len(t.rows) > maxRows || t.bytes > maxRowBytes {
		return errTooMany
	}
	return nil
}

func length(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	}
	return 0
}

func (o *object) rows(found *table) (goja.Value, error) {
	list := make([]any, len(found.rows))
	for i, row := range found.rows {
		list[i] = o.row(found.columns, row)
	}
	return o.Runtime.VM().NewArray(list...), nil
}

func (o *object) firstRow(found *table) (goja.Value, error) {
	if len(found.rows) == 0 {
		return goja.Undefined(), nil
	}
	return o.row(found.columns, found.rows[0]), nil
}
