// Package statements says what host modules need of a store that understands SQL.
package statements

import "context"

// Runner runs statements. Placeholders are "?"; arguments are nil, bool, int64, float64, string and []byte; values of rows
// are these and time.Time.
type Runner interface {
	// Query calls row for every row; values are row's to keep.
	Query(ctx context.Context, query string, args []any, row func(columns []string, values []any) error) error
	// Exec returns how many rows were changed, and the id of the last one inserted if there is such a thing.
	Exec(ctx context.Context, query string, args []any) (changed, lastID int64, err error)
}

// Tx is an open transaction, used by one goroutine at a time.
type Tx interface {
	Runner
	Commit() error
	Rollback() error // after Commit it does nothing
}

// Store is what the module needs of a durable store. Its methods may be called from any goroutine. An error may have a
// method ErrorCode, whose text scripts see as the error's code.
type Store interface {
	Runner
	// BeginTx starts a transaction that ends with ctx at the latest.
	BeginTx(ctx context.Context) (Tx, error)
}
