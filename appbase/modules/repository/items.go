package repository

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sigil-server/sigil/appbase/internal/calls"
	"github.com/sigil-server/sigil/appbase/internal/statements"
)

// Store is what the module needs of a durable store: SQL, and which.
type Store interface {
	statements.Store
	Dialect() string // "sqlite" or "postgres"
}

// Change is one change of an item, after its commit. Texts are JSON; "" where there is none.
type Change struct {
	Repository, Type, ID string // Type: created, updated, deleted or evicted
	Value, Old           string
	Reason               string // of evicted: ttl or maxSize
	At                   time.Time
}

// Items are the repositories of one app, for all its runtimes. Changes happen one after the other, and those that wait
// together share a commit.
type Items struct {
	pool *calls.Pool
	open func(context.Context) (Store, error)
	tell func([]Change)
	time Time
	lane *calls.Lane[*job]

	mu       sync.Mutex
	settings map[string]settings
	sweeps   map[string]func() bool // stop them
	ready    bool                   // the table is there
	indexed  map[string]bool
}

// settings are a repository's options.
type settings struct {
	ttl     time.Duration // 0: for ever
	maxSize int           // 0: no bound
}

// maxTogether is how many changes share a commit at most.
const maxTogether = 64

// Time is the time by which items expire: [time.Now], and [time.AfterFunc] with a function that stops it.
type Time struct {
	Now       func() time.Time
	AfterFunc func(d time.Duration, fn func()) (stop func() bool)
}

// NewItems opens nothing yet. tell is called after every commit with what it changed, in order, on another goroutine; it
// must not block.
func NewItems(pool *calls.Pool, open func(context.Context) (Store, error), tell func([]Change), clock Time) *Items {
	t := &Items{pool: pool, open: open, tell: tell, time: clock, settings: map[string]settings{}, sweeps: map[string]func() bool{}, indexed: map[string]bool{}}
	t.lane = calls.NewLane(pool, maxTogether, t.do)
	return t
}

// Close stops the timers of what expires. It is idempotent.
func (t *Items) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, stop := range t.sweeps {
		stop()
	}
	t.sweeps = nil
}

func (t *Items) setOptions(name string, s settings) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.settings[name] = s
}

func (t *Items) optionsOf(name string) settings {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.settings[name]
}

// job is one change to make.
type job struct {
	repository string
	run        func(ctx context.Context, w *writer) error
	done       func(error)
}

// change queues a job.
func (t *Items) change(j *job) {
	if err := t.lane.Add(j); err != nil {
		j.done(err)
	}
}

// do makes changes in one transaction. If one fails, each is made by itself, so that its error is its own.
func (t *Items) do(jobs []*job) {
	err := t.together(jobs)
	if err != nil && len(jobs) > 1 {
		for _, j := range jobs {
			j.done(t.together([]*job{j}))
		}
		return
	}
	for _, j := range jobs {
		j.done(err)
	}
}

func (t *Items) together(jobs []*job) error {
	ctx, cancel := context.WithTimeout(t.pool.Context(), calls.DefaultTime)
	defer cancel()
	store, err := t.prepared(ctx)
	if err != nil {
		return err
	}
	tx, err := store.BeginTx(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	w := &writer{items: t, tx: tx, postgres: store.Dialect() == "postgres", now: t.time.Now()}
	for _, j := range jobs {
		w.repository = j.repository
		if err := w.evictExpired(ctx); err != nil {
			return err
		}
		if err := j.run(ctx, w); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if len(w.changes) > 0 {
		t.tell(w.changes)
	}
	return nil
}

var schema = []string{
	`CREATE TABLE IF NOT EXISTS sigil_items (repository TEXT NOT NULL, id TEXT NOT NULL, seq BIGINT NOT NULL, alias TEXT, body TEXT NOT NULL,
		expires BIGINT, PRIMARY KEY (repository, id))`,
	`CREATE INDEX IF NOT EXISTS sigil_items_seq ON sigil_items (repository, seq)`,
	`CREATE INDEX IF NOT EXISTS sigil_items_alias ON sigil_items (repository, alias)`,
}

// prepared is the store with the table in it.
func (t *Items) prepared(ctx context.Context) (Store, error) {
	store, err := t.open(ctx)
	if err != nil || t.isReady() {
		return store, err
	}
	for _, statement := range schema {
		if _, _, err := store.Exec(ctx, statement, nil); err != nil {
			return nil, err
		}
	}
	t.mu.Lock()
	t.ready = true
	t.mu.Unlock()
	return store, nil
}

func (t *Items) isReady() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ready
}

// index makes an index over a field, once.
func (t *Items) index(ctx context.Context, repository, field string) error {
	store, err := t.prepared(ctx)
	if err != nil {
		return err
	}
	key := repository + " " + field
	t.mu.Lock()
	known := t.indexed[key]
	t.indexed[key] = true
	t.mu.Unlock()
	if known {
		return nil
	}
	_, _, err = store.Exec(ctx, fmt.Sprintf(`CREATE INDEX IF NOT EXISTS sigil_items_%x ON sigil_items (repository, (%s))`,
		hash(key), expression(field, store.Dialect() == "postgres")), nil)
	return err
}

// sweepLater has a repository looked through when its next item may have expired.
func (t *Items) sweepLater(repository string, after time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sweeps == nil || t.sweeps[repository] != nil {
		return
	}
	t.sweeps[repository] = t.time.AfterFunc(after+time.Millisecond, func() { t.sweep(repository) })
}

func (t *Items) sweep(repository string) {
	t.mu.Lock()
	if t.sweeps != nil {
		delete(t.sweeps, repository)
	}
	t.mu.Unlock()
	t.change(&job{repository: repository, done: func(error) {}, run: func(ctx context.Context, w *writer) error {
		return w.sweepNext(ctx) // what has expired is evicted before every job
	}})
}
