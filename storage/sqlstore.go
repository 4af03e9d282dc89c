package storage

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// dialect is where the two implementations differ.
type dialect interface {
	Dialect() string
	// rewrite makes the library's placeholders of "?".
	rewrite(query string) string
	// ready prepares a connection for statements of an app.
	ready(conn *sql.Conn) error
	// lock keeps the other processes of a shared server from writing keys until tx ends.
	lock(ctx context.Context, tx *sql.Tx) error
	// isolation is that of an app's transactions; nil: the library's.
	isolation() *sql.TxOptions
	// explain maps an error of the library.
	explain(err error) *Error
	// sql of this package's own
	statements() *statements
}

// sqlStore is the part that both implementations share: a [Store] over database/sql.
type sqlStore struct {
	dialect
	reader, writer *sql.DB   // the same one where any connection may write
	getStmt        *sql.Stmt // of reader
	putStmt        *sql.Stmt // of writer
	hub            hub
	turn           chan struct{} // holds a token while keys are written, so that watchers hear of them in order
	version        atomic.Int64
	swept          atomic.Int64 // when expired entries were last removed, in milliseconds
	now            func() time.Time
	closing        sync.Once
	closed         chan struct{}
	onClose        func() error
}

func newSQLStore(d dialect, reader, writer *sql.DB, now func() time.Time) *sqlStore {
	return &sqlStore{dialect: d, reader: reader, writer: writer, turn: make(chan struct{}, 1), now: now, closed: make(chan struct{})}
}

// begin makes the tables and prepares what runs most; when that fails the store is closed.
func (s *sqlStore) begin(ctx context.Context, schema string) error {
	_, err := s.writer.ExecContext(ctx, schema)
	if err == nil {
		s.getStmt, err = s.reader.PrepareContext(ctx, s.statements().get)
	}
	if err == nil {
		s.putStmt, err = s.writer.PrepareContext(ctx, s.statements().put)
	}
	if err == nil {
		return nil
	}
	err = s.fail(ctx, err)
	return errors.Join(err, s.Close())
}

// Close closes the connections once what runs on them has ended.
func (s *sqlStore) Close() (err error) {
	s.closing.Do(func() {
		close(s.closed)
		if s.onClose != nil {
			err = s.onClose()
		}
		for _, stmt := range []*sql.Stmt{s.getStmt, s.putStmt} {
			if stmt != nil {
				err = errors.Join(err, stmt.Close())
			}
		}
		err = errors.Join(err, s.reader.Close())
		if s.writer != s.reader {
			err = errors.Join(err, s.writer.Close())
		}
	})
	return err
}

// fail maps an error of the library; nil stays nil.
func (s *sqlStore) fail(ctx context.Context, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case s.isClosed():
		return errClosed
	}
	if known = fromContext(err); known == nil && ctx.Err() != nil {
		known = fromContext(ctx.Err()) // the library says in words of its own that it was interrupted
	}
	if known == nil {
		known = s.explain(err)
	}
	return known
}

func (s *sqlStore) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// on runs fn on one connection of db.
func (s *sqlStore) on(ctx context.Context, db *sql.DB, fn func(conn *sql.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return s.fail(ctx, err)
	}
	defer conn.Close()
	if err := s.ready(conn); err != nil {
		return s.fail(ctx, err)
	}
	return s.fail(ctx, fn(conn))
}

// Query implements [Runner].
func (s *sqlStore) Query(ctx context.Context, query string, args []any, row func([]string, []any) error) error {
	if err := allowed(query, false); err != nil {
		return err
	}
	query = s.rewrite(query)
	run := func(conn *sql.Conn) error { return s.stream(ctx, conn, query, args, row) }
	err := s.on(ctx, s.reader, run)
	var known *Error
	if s.reader != s.writer && errors.As(err, &known) && known.Code == CodeReadonly {
		return s.on(ctx, s.writer, run) // a statement that writes and returns rows
	}
	return err
}

// querier is a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// stream hands the rows of a query over, one by one.
func (s *sqlStore) stream(ctx context.Context, on querier, query string, args []any, row func([]string, []any) error) error {
	rows, err := on.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, slots := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			slots[i] = &values[i]
		}
		if err := rows.Scan(slots...); err != nil {
			return err
		}
		if err := row(columns, values); err != nil {
			return &stopped{err}
		}
	}
	return rows.Err()
}

// stopped is the error of a row function, which is nobody else's to map.
type stopped struct{ err error }

func (s *stopped) Error() string { return s.err.Error() }
func (s *stopped) Unwrap() error { return s.err }

// Exec implements [Runner].
func (s *sqlStore) Exec(ctx context.Context, query string, args []any) (changed, lastID int64, err error) {
	if err := allowed(query, false); err != nil {
		return 0, 0, err
	}
	err = s.on(ctx, s.writer, func(conn *sql.Conn) error {
		changed, lastID, err = s.exec(ctx, conn, query, args)
		return err
	})
	return changed, lastID, err
}

func (s *sqlStore) exec(ctx context.Context, on querier, query string, args []any) (changed, lastID int64, err error) {
	result, err := on.ExecContext(ctx, s.rewrite(query), args...)
	if err != nil {
		return 0, 0, err
	}
	if lastID, err = result.LastInsertId(); err != nil {
		lastID = 0 // PostgreSQL has none
	}
	changed, err = result.RowsAffected()
	return changed, lastID, err
}

// Begin implements [SQL].
func (s *sqlStore) Begin(ctx context.Context) (Tx, error) {
	conn, err := s.writer.Conn(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if err = s.ready(conn); err == nil {
		var tx *sql.Tx
		if tx, err = conn.BeginTx(ctx, s.isolation()); err == nil {
			return &sqlTx{store: s, ctx: ctx, conn: conn, tx: tx}, nil
		}
	}
	_ = conn.Close() // gives it back; the error that counts is the one before
	return nil, s.fail(ctx, err)
}

// sqlTx is an open transaction.
type sqlTx struct {
	store *sqlStore
	ctx   context.Context // of Begin: the transaction ends with it
	conn  *sql.Conn
	tx    *sql.Tx
	ended bool
}

var errTxEnded = &Error{Code: CodeClosed, Message: "the transaction has ended"}

func (t *sqlTx) check(query string) error {
	if t.ended {
		return errTxEnded
	}
	if t.ctx.Err() != nil {
		return t.store.fail(t.ctx, t.ctx.Err())
	}
	if err := allowed(query, true); err != nil {
		return err
	}
	return nil
}

// Query implements [Runner].
func (t *sqlTx) Query(ctx context.Context, query string, args []any, row func([]string, []any) error) error {
	if err := t.check(query); err != nil {
		return err
	}
	return t.fail(ctx, t.store.stream(ctx, t.tx, t.store.rewrite(query), args, row))
}

// Exec implements [Runner].
func (t *sqlTx) Exec(ctx context.Context, query string, args []any) (changed, lastID int64, err error) {
	if err := t.check(query); err != nil {
		return 0, 0, err
	}
	changed, lastID, err = t.store.exec(ctx, t.tx, query, args)
	return changed, lastID, t.fail(ctx, err)
}

// fail maps an error; that the transaction's own time is over is said as such.
func (t *sqlTx) fail(ctx context.Context, err error) error {
	if err != nil && t.ctx.Err() != nil {
		return t.store.fail(t.ctx, t.ctx.Err())
	}
	return t.store.fail(ctx, err)
}

// Commit implements [Tx].
func (t *sqlTx) Commit() error {
	if t.ended {
		return errTxEnded
	}
	return t.end(t.tx.Commit())
}

// Rollback implements [Tx].
func (t *sqlTx) Rollback() error {
	if t.ended {
		return nil
	}
	err := t.tx.Rollback()
	if errors.Is(err, sql.ErrTxDone) {
		err = nil // its context was faster
	}
	return t.end(err)
}

func (t *sqlTx) end(err error) error {
	t.ended = true
	_ = t.conn.Close() // gives it back
	return t.fail(t.ctx, err)
}
