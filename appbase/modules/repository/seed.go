package repository

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
)

// Seed stores items, given as JSON, if this repository was never seeded before; fresh says whether it did. It blocks, and
// nobody is told of the items.
func (t *Items) Seed(ctx context.Context, repository string, items []string) (fresh bool, err error) {
	if !repositoryName.MatchString(repository) {
		return false, fmt.Errorf("%q cannot be a repository", repository)
	}
	done := make(chan error, 1)
	t.change(&job{repository: repository, done: func(err error) { done <- err }, run: func(ctx context.Context, w *writer) (err error) {
		fresh, err = w.seed(ctx, items)
		return err
	}})
	select {
	case err := <-done:
		return fresh, err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// seed stores items, and a row that says so in the repository without a name.
func (w *writer) seed(ctx context.Context, items []string) (bool, error) {
	marks, err := w.number(ctx, `SELECT count(*) FROM sigil_items WHERE repository = ? AND id = ?`, "", w.repository)
	if err != nil || marks > 0 {
		return false, err
	}
	for i, body := range items {
		c, err := seedCandidate(body)
		if err != nil {
			return false, fmt.Errorf("item %d: %w", i+1, err)
		}
		if _, _, err := w.store(ctx, c); err != nil {
			return false, fmt.Errorf("item %d: %w", i+1, err)
		}
	}
	w.changes = nil
	_, _, err = w.tx.Exec(ctx, `INSERT INTO sigil_items (repository, id, seq, body) VALUES (?, ?, 0, 'true')`, []any{"", w.repository})
	return true, err
}

// seedCandidate reads an item as the script's store does.
func seedCandidate(body string) (candidate, error) {
	var any map[string]json.RawMessage
	if json.Unmarshal([]byte(body), &any) != nil || any == nil {
		return candidate{body: body, id: body, plain: true}, nil
	}
	c := candidate{body: body, id: string(any["id"]), fresh: `"` + uuid.NewString() + `"`}
	if c.id != "" && (c.id[0] == '{' || c.id[0] == '[' || c.id == "null") {
		return c, fmt.Errorf("an id is a text or a number, not %s", c.id)
	}
	for _, field := range []string{"name", "key"} {
		var text string
		if json.Unmarshal(any[field], &text) == nil && text != "" && c.alias == "" {
			c.alias = field + ":" + text
		}
	}
	return c, nil
}
