package repository

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"reflect"
	"time"

	"github.com/sigil-server/sigil/appbase/internal/statements"
)

// writer makes changes of one transaction and notes them.
type writer struct {
	items      *Items
	tx         statements.Tx
	repository string
	postgres   bool
	now        time.Time
	changes    []Change
}

// stored is a row.
type stored struct{ id, body string }

// rows reads rows of "id, body".
func (w *writer) rows(ctx context.Context, query string, args ...any) (found []stored, err error) {
	err = w.tx.Query(ctx, query, args, func(_ []string, values []any) error {
		id, _ := values[0].(string)
		body, _ := values[1].(string)
		found = append(found, stored{id, body})
		return nil
	})
	return found, err
}

func (w *writer) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = w.tx.Query(ctx, query, args, func(_ []string, values []any) error {
		n, _ = values[0].(int64)
		return nil
	})
	return n, err
}

func (w *writer) note(kind, id, value, old, reason string) {
	w.changes = append(w.changes, Change{Repository: w.repository, Type: kind, ID: id, Value: value, Old: old, Reason: reason, At: w.now})
}

// candidate is an item to store, as JSON.
type candidate struct {
	body  string
	id    string // as JSON; "": to be found or made
	fresh string // the id to give when none is found, as JSON
	alias string // its name or key
	plain bool   // no object: it is its own id
}

// store stores an item; id is the one it has, isNew whether it was not there.
func (w *writer) store(ctx context.Context, c candidate) (id string, isNew bool, err error) {
	old, found, err := w.existing(ctx, c)
	if err != nil {
		return "", false, err
	}
	id, body := c.identify(old.id)
	options := w.items.optionsOf(w.repository)
	var expires any
	if options.ttl > 0 {
		expires = w.now.Add(options.ttl).UnixMilli()
		w.items.sweepLater(w.repository, options.ttl)
	}
	var alias any
	if c.alias != "" {
		alias = c.alias
	}
	if found {
		_, _, err = w.tx.Exec(ctx, `UPDATE sigil_items SET body = ?, alias = ?, expires = ? WHERE repository = ? AND id = ?`, []any{body, alias, expires, w.repository, id})
		if err == nil && !same(old.body, body) {
			w.note("updated", id, body, old.body, "")
		}
		return id, false, err
	}
	_, _, err = w.tx.Exec(ctx, `INSERT INTO sigil_items (repository, id, seq, alias, body, expires)
		VALUES (?, ?, (SELECT coalesce(max(seq), 0) + 1 FROM sigil_items WHERE repository = ?), ?, ?, ?)`, []any{w.repository, id, w.repository, alias, body, expires})
	if err != nil {
		return "", false, err
	}
	w.note("created", id, body, "", "")
	return id, true, w.evictOldest(ctx, options.maxSize)
}

// existing finds what the candidate would replace.
func (w *writer) existing(ctx context.Context, c candidate) (stored, bool, error) {
	query, value := `SELECT id, body FROM sigil_items WHERE repository = ? AND id = ?`, c.id
	if c.id == "" {
		query, value = `SELECT id, body FROM sigil_items WHERE repository = ? AND alias = ? ORDER BY seq LIMIT 1`, c.alias
	}
	if value == "" {
		return stored{}, false, nil
	}
	found, err := w.rows(ctx, query, w.repository, value)
	if err != nil || len(found) == 0 {
		return stored{}, false, err
	}
	return found[0], true, nil
}

// identify is the candidate's id, and its body with it.
func (c candidate) identify(known string) (id, body string) {
	if c.id != "" {
		return c.id, c.body
	}
	if id = known; id == "" {
		id = c.fresh
	}
	if c.body == "{}" {
		return id, `{"id":` + id + `}`
	}
	return id, `{"id":` + id + `,` + c.body[1:]
}

// same compares two texts of JSON; the order of keys does not count.
func same(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// remove deletes rows that were found.
func (w *writer) remove(ctx context.Context, rows []stored, kind, reason string) error {
	for _, row := range rows {
		if _, _, err := w.tx.Exec(ctx, `DELETE FROM sigil_items WHERE repository = ? AND id = ?`, []any{w.repository, row.id}); err != nil {
			return err
		}
		w.note(kind, row.id, "", row.body, reason)
	}
	return nil
}

func (w *writer) evictExpired(ctx context.Context) error {
	if w.items.optionsOf(w.repository).ttl == 0 {
		return nil
	}
	rows, err := w.rows(ctx, `SELECT id, body FROM sigil_items WHERE repository = ? AND expires <= ? ORDER BY seq`, w.repository, w.now.UnixMilli())
	if err != nil {
		return err
	}
	return w.remove(ctx, rows, "evicted", "ttl")
}

func (w *writer) evictOldest(ctx context.Context, maxSize int) error {
	if maxSize == 0 {
		return nil
	}
	n, err := w.number(ctx, `SELECT count(*) FROM sigil_items WHERE repository = ?`, w.repository)
	if err != nil || n <= int64(maxSize) {
		return err
	}
	rows, err := w.rows(ctx, `SELECT id, body FROM sigil_items WHERE repository = ? ORDER BY seq LIMIT ?`, w.repository, n-int64(maxSize))
	if err != nil {
		return err
	}
	return w.remove(ctx, rows, "evicted", "maxSize")
}

// sweepNext has the repository looked through again when the next item expires.
func (w *writer) sweepNext(ctx context.Context) error {
	next, err := w.number(ctx, `SELECT coalesce(min(expires), 0) FROM sigil_items WHERE repository = ?`, w.repository)
	if err == nil && next > 0 {
		w.items.sweepLater(w.repository, max(time.UnixMilli(next).Sub(w.now), 0))
	}
	return err
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum64()
}
