// Package storage keeps what apps keep beyond their process: keys with values, and SQL, per app. There are two
// implementations of [Store], one over an embedded SQLite file and one over a PostgreSQL server, that pass one suite
// (storage/storagetest). [Open] chooses; a [Set] opens the stores of many apps, each at its first use.
package storage

import (
	"context"
	"time"
)

// Store is one app's durable store. Its methods may be called from any goroutine and block until they are done or ctx
// ends; each should have a deadline. Errors are *[Error], or wrap one.
//
// Once a method that writes has returned nil, what it wrote survives the end of the process at any moment.
type Store interface {
	KV
	SQL
	// Close ends the store; calls that are under way fail or finish first. It is idempotent.
	Close() error
}

// KV are keys with values, ordered by the bytes of the keys. Keys are UTF-8 without NUL, of 1 to [MaxKeyBytes] bytes;
// values have at most [MaxValueBytes].
type KV interface {
	// Get returns the entry under a key; false if there is none or it has expired.
	Get(ctx context.Context, key string) (Entry, bool, error)
	// List returns entries in the order of their keys, at most r.Limit of them.
	List(ctx context.Context, r Range) ([]Entry, error)
	// Apply does batches in order, and durably together: one commit for all of them. Each batch by itself is atomic: when
	// one of its conditions does not hold, its error is [ErrConflict] and nothing of it is done, while the others are.
	// The slice has the error of each batch; the error is that of the commit, and then none of them is done.
	Apply(ctx context.Context, batches ...Batch) ([]error, error)
	// Watch calls fn for every change of a key that begins with prefix, in the order of commits and after them, until
	// stop is called. fn is called by the goroutine that wrote; it must not block, and must not call the store. What other
	// processes write to a server is not told.
	Watch(prefix string, fn func(Change)) (stop func())
}

// Bounds of keys and values.
const (
	MaxKeyBytes   = 1 << 10
	MaxValueBytes = 4 << 20
	MaxBatchOps   = 10_000
	MaxListLimit  = 10_000
)

// Entry is what stands under a key. Value is the caller's.
type Entry struct {
	Key     string
	Value   []byte
	Version int64     // differs after every write of the key, also over a deletion
	Expires time.Time // zero: never
}

// Range says which entries [KV.List] returns: those whose keys begin with Prefix and come behind After.
type Range struct {
	Prefix  string
	After   string // a key; "": from the first (of Reverse: from the last)
	Limit   int    // 0 and everything above is MaxListLimit
	Reverse bool   // from the last to the first
}

// Batch is a list of operations that are done together or not at all.
type Batch []Op

// Op sets or deletes a key, or only asks for a condition.
type Op struct {
	Kind    OpKind
	Key     string
	Value   []byte        // of Set
	TTL     time.Duration // of Set; 0: for ever. Else at least a millisecond.
	If      Condition
	Version int64  // of IfVersion
	Equals  []byte // of IfEquals
}

// OpKind is what an [Op] does.
type OpKind int

// The kinds of operations.
const (
	Set OpKind = iota
	Delete
	Check // nothing but the condition
)

// Condition is what must hold of a key before any operation of the batch is done.
type Condition int

// The conditions of an [Op].
const (
	Always    Condition = iota
	IfAbsent            // there is nothing under the key
	IfPresent           // there is something
	IfVersion           // its version is Op.Version
	IfEquals            // its value is Op.Equals
)

// Change is one write that was committed.
type Change struct {
	Key     string
	Value   []byte // nil when deleted; not to be changed
	Deleted bool
}

// SQL runs statements of one app. Placeholders are "?" in both implementations (in PostgreSQL "$1" works, too, and "??"
// is an operator's question mark).
//
// Arguments are nil, bool, int64, float64, string, []byte. Values of rows are these too, and time.Time.
type SQL interface {
	Runner
	// Dialect is "sqlite" or "postgres".
	Dialect() string
	// Begin starts a transaction that may write. In SQLite it waits until no other one is open. The transaction is rolled
	// back when ctx ends first.
	Begin(ctx context.Context) (Tx, error)
	// Migrate applies those of the migrations that were not applied yet, in order, each in a transaction of its own, and
	// returns their names. What was applied must not have changed. The error is a *[MigrationError].
	Migrate(ctx context.Context, migrations []Migration) (applied []string, err error)
}

// Runner runs single statements.
type Runner interface {
	// Query calls row for every row, in order; when row returns an error the query ends with it. columns is the same in
	// every call; values are the callee's. A statement without rows calls nothing.
	Query(ctx context.Context, query string, args []any, row func(columns []string, values []any) error) error
	// Exec runs a statement: changed is how many rows it inserted, updated or deleted; lastID is the row id that SQLite gave
	// the last row inserted, and 0 in PostgreSQL (use RETURNING).
	Exec(ctx context.Context, query string, args []any) (changed, lastID int64, err error)
}

// Tx is an open transaction. It belongs to one goroutine at a time. After Commit or Rollback its methods fail.
type Tx interface {
	Runner
	Commit() error
	// Rollback undoes everything; after Commit it does nothing.
	Rollback() error
}
