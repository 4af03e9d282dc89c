package kv

import (
	"context"
	"errors"
	"time"

	"github.com/sigil-server/sigil/appbase/internal/calls"
)

// Store is what the module needs of a durable store. Its methods may be called from any goroutine.
type Store interface {
	// Get returns what stands under a key; Found is false when nothing does.
	Get(ctx context.Context, key string) (Entry, error)
	// List returns entries in the order of their keys: those that begin with prefix and come behind after.
	List(ctx context.Context, prefix, after string, limit int, reverse bool) ([]Entry, error)
	// Apply does batches in order in one commit, each wholly or not at all. The slice has the error of each: of one whose
	// condition does not hold, one whose ErrorCode method says "conflict". The error is that of the commit.
	Apply(ctx context.Context, batches [][]Op) ([]error, error)
	// Watch tells of committed changes in order until stop; fn must not block.
	Watch(prefix string, fn func(key string, value []byte, deleted bool)) (stop func())
}

// Entry is what stands under a key.
type Entry struct {
	Key     string
	Value   []byte
	Version int64
	Expires time.Time // zero: never
	Found   bool
}

// Op is one operation of a batch.
type Op struct {
	Kind    Kind
	Key     string
	Value   []byte
	TTL     time.Duration // 0: for ever
	If      Condition
	Version int64  // of IfVersion
	Equals  []byte // of IfEquals
}

// Kind is what an [Op] does.
type Kind int

// The kinds of operations.
const (
	Set Kind = iota
	Delete
	Check
)

// Condition is what must hold of a key.
type Condition int

// The conditions.
const (
	Always Condition = iota
	IfAbsent
	IfPresent
	IfVersion
	IfEquals
)

// Keys are the keys of one app, for all its runtimes: writes happen in the order of the calls, and those that wait
// together share a commit.
type Keys struct {
	open func(context.Context) (Store, error)
	lane *calls.Lane[write]
}

type write struct {
	batch []Op
	done  func(error)
}

// maxTogether is how many writes share a commit at most.
const maxTogether = 256

// NewKeys opens nothing: open is called at the first use, and later ones; it must be cheap once it has succeeded.
func NewKeys(pool *calls.Pool, open func(context.Context) (Store, error)) *Keys {
	k := &Keys{open: open}
	k.lane = calls.NewLane(pool, maxTogether, func(batch []write) { k.write(pool.Context(), batch) })
	return k
}

// Write queues a batch; done is called on another goroutine, once, and may get an error for which [IsConflict] holds.
func (k *Keys) Write(batch []Op, done func(error)) {
	if err := k.lane.Add(write{batch, done}); err != nil {
		done(err)
	}
}

func (k *Keys) write(ctx context.Context, writes []write) {
	ctx, cancel := context.WithTimeout(ctx, calls.DefaultTime)
	defer cancel()
	batches := make([][]Op, len(writes))
	for i, w := range writes {
		batches[i] = w.batch
	}
	errs, err := k.apply(ctx, batches)
	for i, w := range writes {
		if err != nil {
			w.done(err)
			continue
		}
		w.done(errs[i])
	}
}

func (k *Keys) apply(ctx context.Context, batches [][]Op) ([]error, error) {
	store, err := k.open(ctx)
	if err != nil {
		return nil, err
	}
	return store.Apply(ctx, batches)
}

// IsConflict reports whether an error of [Keys.Write] says that a condition did not hold.
func IsConflict(err error) bool {
	var coded interface{ ErrorCode() string }
	return errors.As(err, &coded) && coded.ErrorCode() == "conflict"
}
