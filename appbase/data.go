package appbase

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/dop251/goja"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/internal/statements"
	"github.com/sigil-server/sigil/appbase/modules/cache"
	"github.com/sigil-server/sigil/appbase/modules/db"
	"github.com/sigil-server/sigil/appbase/modules/kv"
	"github.com/sigil-server/sigil/appbase/modules/repository"
)

// Store is what an app's data is kept in. Its methods may be called from any goroutine, and each call has a deadline.
type Store interface {
	kv.Store
	repository.Store
	// Migrate applies those of the scripts that were not applied yet, in the order of their names, and returns their
	// names. An error with a method Place() (name string, line, column int) says where a script is wrong.
	Migrate(ctx context.Context, names, texts []string) (applied []string, err error)
}

// DataOptions configure a [Data]. Open is required.
type DataOptions struct {
	// Open returns the app's store, which belongs to whoever returns it. It is called at the first use and at every later
	// one, from any goroutine, so it must be cheap once it has succeeded.
	Open func(ctx context.Context) (Store, error)
	Log  *slog.Logger // default: discards
	// Kept reports whether the app may have kept something before, without opening its store: else nothing of it is looked for
	// at the start. Default: it may.
	Kept func() bool
	// Clock is the time by which what is kept expires and timers are due; nil: the machine's.
	Clock Clock
}

// Data is what one app keeps, for all its workers and generations: it takes their calls to the store, in bounded numbers and
// with deadlines. Any goroutine may use it.
type Data struct {
	log      *slog.Logger
	open     func(context.Context) (Store, error)
	pool     *calls.Pool
	keys     *kv.Keys
	database *db.Database
	memory   *cache.Memory
	items    *repository.Items
	news     news
	alarms   alarms
	kept     func() bool
	clock    Clock // nil: the machine's
}

// NewData opens nothing yet. Close ends it.
func NewData(o DataOptions) *Data {
	d := &Data{log: o.Log, open: o.Open, pool: calls.NewPool(), clock: o.Clock}
	d.memory = cache.NewMemory(nowOf(o.Clock))
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	d.keys = kv.NewKeys(d.pool, func(ctx context.Context) (kv.Store, error) { return d.open(ctx) })
	d.database = db.NewDatabase(func(ctx context.Context) (statements.Store, error) { return d.open(ctx) })
	if d.kept = o.Kept; d.kept == nil {
		d.kept = func() bool { return true }
	}
	d.alarms = alarms{data: d, firing: map[string]bool{}}
	d.items = repository.NewItems(d.pool, func(ctx context.Context) (repository.Store, error) { return d.open(ctx) }, d.news.add, repository.Time{
		Now: nowOf(o.Clock), AfterFunc: func(wait time.Duration, fn func()) func() bool { return afterFunc(o.Clock, wait, fn) },
	})
	return d
}

// Work is how many calls to the store were taken so far, and whether some are under way.
func (d *Data) Work() (taken uint64, busy bool) {
	if d == nil {
		return 0, false
	}
	return d.pool.Work()
}

// Close gives calls that are under way up, and waits for them; transactions roll back. The workers have stopped before. It
// is idempotent, and a nil Data has nothing to close.
func (d *Data) Close() {
	if d != nil {
		d.items.Close()
		d.news.close()
		d.alarms.close()
		d.pool.Close()
		d.memory.Close()
	}
}

// dataDeclarations are those of the modules that keep data.
var dataDeclarations = []func() string{kv.Declarations, db.Declarations, cache.Declarations, repository.Declarations}

// instanceData is what one generation has of its app's Data: its objects are made when a script first asks for them.
type instanceData struct {
	caller *calls.Caller
	cancel context.CancelFunc

	kv, db, cache *goja.Object
	observers     []observer
}

// end gives up the calls of the generation.
func (d *instanceData) end() {
	if d.cancel != nil {
		d.cancel()
	}
}

// withData adds the functions of AppBase's members that keep data.
func (in *instance) withData(host map[string]any) map[string]any {
	host["kv"] = in.once(&in.data.kv, "kv", func(c *calls.Caller) *goja.Object { return kv.New(c, in.worker.data.keys) })
	host["db"] = in.once(&in.data.db, "db", func(c *calls.Caller) *goja.Object { return db.New(c, in.worker.data.database) })
	host["cache"] = in.once(&in.data.cache, "cache", func(c *calls.Caller) *goja.Object { return cache.New(c, in.worker.data.memory) })
	host["after"], host["cancel"] = in.after, in.cancel
	host["repository"] = func(call goja.FunctionCall) goja.Value {
		return repository.New(in.caller("repository"), in.worker.data.items, call)
	}
	return host
}

// once makes a member's object at its first use.
func (in *instance) once(slot **goja.Object, name string, make func(*calls.Caller) *goja.Object) func(goja.FunctionCall) goja.Value {
	return func(goja.FunctionCall) goja.Value {
		if *slot == nil {
			*slot = make(in.caller(name))
		}
		return *slot
	}
}

// caller makes the generation's calls to the store; where there is none the script learns it.
func (in *instance) caller(name string) *calls.Caller {
	if in.data.caller != nil {
		return in.data.caller
	}
	if in.worker.data == nil {
		panic(in.vm.NewTypeError(fmt.Sprintf("this.%s: the server has no store for this app", name)))
	}
	c := &calls.Caller{
		Runtime: in.rt, Pool: in.worker.data.pool, Post: in.worker.executor.Post, Encode: in.stringify, Decode: in.parseJSON, Bytes: in.bytesOf,
		Failed: func(err error) { in.worker.report(in.rt.Error(err)) },
	}
	c.Context, in.data.cancel = context.WithCancel(c.Pool.Context())
	in.data.caller = c
	return c
}
