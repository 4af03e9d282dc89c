package storage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// statements are the implementation's own SQL, with its own placeholders.
type statements struct {
	get, list, listReverse, put, remove, sweep string
}

// sweepEvery is how often entries that have expired are removed, at most: a write that finds it due does it.
const sweepEvery = time.Minute

// checkKey says what is wrong with a key.
func checkKey(key string) *Error {
	switch {
	case key == "":
		return invalid("the key is empty")
	case len(key) > MaxKeyBytes:
		return invalid("the key has %d bytes; at most %d are allowed", len(key), MaxKeyBytes)
	case strings.IndexByte(key, 0) >= 0 || !utf8.ValidString(key):
		return invalid("the key %.40q is no text without NUL", key)
	}
	return nil
}

func checkBatch(b Batch) error {
	if len(b) > MaxBatchOps {
		return invalid("a batch of %d operations; at most %d are allowed", len(b), MaxBatchOps)
	}
	for _, op := range b {
		if err := checkKey(op.Key); err != nil {
			return err
		}
		if len(op.Value) > MaxValueBytes {
			return invalid("the value of %.40q has %d bytes; at most %d are allowed", op.Key, len(op.Value), MaxValueBytes)
		}
		if op.TTL < 0 || op.TTL > 0 && op.TTL < time.Millisecond {
			return invalid("the time to live of %.40q is %v; it must be a millisecond or more", op.Key, op.TTL)
		}
	}
	return nil
}

// Get implements [KV].
func (s *sqlStore) Get(ctx context.Context, key string) (Entry, bool, error) {
	if err := checkKey(key); err != nil {
		return Entry{}, false, err
	}
	e, found, err := s.read(key, s.getStmt.QueryRowContext(ctx, key))
	return e, found, s.fail(ctx, err)
}

// read reads the entry under a key out of its row.
func (s *sqlStore) read(key string, row *sql.Row) (Entry, bool, error) {
	e := Entry{Key: key}
	var expires sql.NullInt64
	err := row.Scan(&e.Value, &e.Version, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, false, nil
	}
	if err != nil || !s.alive(&e, expires) {
		return Entry{}, false, err
	}
	return e, true, nil
}

// alive fills in when an entry expires, and reports whether that is yet to come.
func (s *sqlStore) alive(e *Entry, expires sql.NullInt64) bool {
	if !expires.Valid {
		return true
	}
	e.Expires = time.UnixMilli(expires.Int64)
	return e.Expires.After(s.now())
}

// List implements [KV].
func (s *sqlStore) List(ctx context.Context, r Range) ([]Entry, error) {
	if r.Limit <= 0 || r.Limit > MaxListLimit {
		r.Limit = MaxListLimit
	}
	query, low, high := s.statements().list, r.Prefix, endOf(r.Prefix)
	if r.Reverse {
		query = s.statements().listReverse
		if r.After != "" {
			high = min(r.After, high)
		}
	} else if r.After != "" && r.After >= low {
		low = r.After + "\x01" // nothing lies between, as no key holds NUL
	}
	rows, err := s.reader.QueryContext(ctx, query, low, high, s.now().UnixMilli(), r.Limit)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	defer rows.Close()
	var found []Entry
	for rows.Next() {
		var e Entry
		var expires sql.NullInt64
		if err := rows.Scan(&e.Key, &e.Value, &e.Version, &expires); err != nil {
			return nil, s.fail(ctx, err)
		}
		if s.alive(&e, expires) {
			found = append(found, e)
		}
	}
	return found, s.fail(ctx, rows.Err())
}

// endOf is a text above every key that begins with prefix, and below all others that are above prefix.
func endOf(prefix string) string { return prefix + string(utf8.MaxRune) + string(utf8.MaxRune) }

// Apply implements [KV].
func (s *sqlStore) Apply(ctx context.Context, batches ...Batch) ([]error, error) {
	errs := make([]error, len(batches))
	for i, b := range batches {
		errs[i] = checkBatch(b)
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, fromContext(ctx.Err())
	}
	changes, err := s.applyAll(ctx, batches, errs)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	s.hub.publish(changes)
	return errs, nil
}

// applyAll does the batches that are not refused already, in one transaction.
func (s *sqlStore) applyAll(ctx context.Context, batches []Batch, errs []error) (changes []Change, err error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := s.lock(ctx, tx); err != nil {
		return nil, err
	}
	for i, b := range batches {
		if errs[i] != nil {
			continue
		}
		met, err := s.conditions(ctx, tx, b)
		if err != nil {
			return nil, err
		}
		if !met {
			errs[i] = ErrConflict
			continue
		}
		if changes, err = s.operate(ctx, tx, b, changes); err != nil {
			return nil, err
		}
	}
	if err := s.sweepDue(ctx, tx); err != nil {
		return nil, err
	}
	return changes, tx.Commit()
}

// conditions reports whether all of a batch hold.
func (s *sqlStore) conditions(ctx context.Context, tx *sql.Tx, b Batch) (bool, error) {
	for _, op := range b {
		if op.If == Always {
			continue
		}
		e, found, err := s.read(op.Key, tx.QueryRowContext(ctx, s.statements().get, op.Key))
		if err != nil {
			return false, err
		}
		if !holds(op, e, found) {
			return false, nil
		}
	}
	return true, nil
}

func holds(op Op, e Entry, found bool) bool {
	switch op.If {
	case IfAbsent:
		return !found
	case IfPresent:
		return found
	case IfVersion:
		return found && e.Version == op.Version
	case IfEquals:
		return found && bytes.Equal(e.Value, op.Equals)
	}
	return true
}

func (s *sqlStore) operate(ctx context.Context, tx *sql.Tx, b Batch, changes []Change) ([]Change, error) {
	put := tx.StmtContext(ctx, s.putStmt)
	for _, op := range b {
		switch op.Kind {
		case Set:
			value := op.Value
			if value == nil {
				value = []byte{}
			}
			if _, err := put.ExecContext(ctx, op.Key, value, s.nextVersion(), s.expiry(op.TTL)); err != nil {
				return nil, err
			}
			changes = append(changes, Change{Key: op.Key, Value: value})
		case Delete:
			result, err := tx.ExecContext(ctx, s.statements().remove, op.Key)
			if err != nil {
				return nil, err
			}
			if n, err := result.RowsAffected(); err == nil && n > 0 {
				changes = append(changes, Change{Key: op.Key, Deleted: true})
			}
		}
	}
	return changes, nil
}

func (s *sqlStore) expiry(ttl time.Duration) sql.NullInt64 {
	if ttl == 0 {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: s.now().Add(ttl).UnixMilli(), Valid: true}
}

// nextVersion is a number that was not there before: the time, but always one more.
func (s *sqlStore) nextVersion() int64 {
	for {
		last := s.version.Load()
		next := max(s.now().UnixMicro(), last+1) // 53 bits hold it until the year 2255
		if s.version.CompareAndSwap(last, next) {
			return next
		}
	}
}

// sweepDue removes entries that have expired, now and then.
func (s *sqlStore) sweepDue(ctx context.Context, tx *sql.Tx) error {
	now := s.now().UnixMilli()
	if now-s.swept.Load() < sweepEvery.Milliseconds() {
		return nil
	}
	s.swept.Store(now)
	_, err := tx.ExecContext(ctx, s.statements().sweep, now)
	return err
}

// Watch implements [KV].
func (s *sqlStore) Watch(prefix string, fn func(Change)) (stop func()) {
	return s.hub.watch(prefix, fn)
}
