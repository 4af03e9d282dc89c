package storagetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sigil-server/sigil/storage"
)

func execute(t *testing.T, s storage.Runner, query string, args ...any) int64 {
	t.Helper()
	changed, _, err := s.Exec(t.Context(), query, args)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return changed
}

// rows are the rows of a query as "a=1 b=x; a=2 b=y".
func rows(t *testing.T, s storage.Runner, query string, args ...any) string {
	t.Helper()
	var lines []string
	err := s.Query(t.Context(), query, args, func(columns []string, values []any) error {
		var cells []string
		for i, name := range columns {
			cells = append(cells, fmt.Sprintf("%s=%v", name, values[i]))
		}
		lines = append(lines, strings.Join(cells, " "))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return strings.Join(lines, "; ")
}

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func testQuery(t *testing.T, s storage.Store) {
	execute(t, s, `CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, done BOOLEAN NOT NULL DEFAULT false)`)
	if n := execute(t, s, `INSERT INTO items (id, name) VALUES (?, ?), (2, '?')`, int64(1), "one"); n != 2 {
		t.Errorf("%d rows were inserted", n)
	}
	want(t, rows(t, s, `SELECT id, name FROM items WHERE id > ? ORDER BY id`, int64(0)), "id=1 name=one; id=2 name=?")
	want(t, rows(t, s, `SELECT name AS "Name", count(*) AS n FROM items WHERE name = ? GROUP BY name`, "one"), "Name=one n=1")
	want(t, rows(t, s, `SELECT id FROM items WHERE id = 99`), "")
	want(t, rows(t, s, `UPDATE items SET name = 'zwei' WHERE id = 2 RETURNING id, name`), "id=2 name=zwei")
	want(t, rows(t, s, `SELECT name FROM items ORDER BY id`), "name=one; name=zwei")
	if n := execute(t, s, `DELETE FROM items WHERE id IN (?, ?)`, int64(1), int64(2)); n != 2 {
		t.Errorf("%d rows were deleted", n)
	}
}

func testValues(t *testing.T, s storage.Store) {
	execute(t, s, `CREATE TABLE v (i BIGINT, f DOUBLE PRECISION, t TEXT, n TEXT)`)
	execute(t, s, `INSERT INTO v VALUES (?, ?, ?, ?)`, int64(1)<<62, 1.5, "ä€😀'", nil)
	execute(t, s, `INSERT INTO v (i, f) VALUES (?, ?)`, int64(2), int64(3))
	want(t, rows(t, s, `SELECT * FROM v ORDER BY i DESC`), "i=4611686018427387904 f=1.5 t=ä€😀' n=<nil>; i=2 f=3 t=<nil> n=<nil>")
	want(t, rows(t, s, `SELECT f FROM v WHERE t = ? OR i = ? ORDER BY f`, "ä€😀'", int64(2)), "f=1.5; f=3")
}

func testTransactions(t *testing.T, s storage.Store) {
	execute(t, s, `CREATE TABLE a (n INTEGER)`)
	tx, err := s.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	execute(t, tx, `INSERT INTO a VALUES (1)`)
	want(t, rows(t, tx, `SELECT n FROM a`), "n=1")
	want(t, rows(t, s, `SELECT n FROM a`), "")
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Errorf("a rollback after the commit: %v", err)
	}
	_, _, err = tx.Exec(t.Context(), `INSERT INTO a VALUES (2)`, nil)
	wantCode(t, err, storage.CodeClosed)
	wantCode(t, tx.Commit(), storage.CodeClosed)
	want(t, rows(t, s, `SELECT n FROM a`), "n=1")

	if tx, err = s.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	execute(t, tx, `INSERT INTO a VALUES (3)`)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	want(t, rows(t, s, `SELECT n FROM a`), "n=1")
}

func testTxContext(t *testing.T, s storage.Store) {
	execute(t, s, `CREATE TABLE a (n INTEGER)`)
	ctx, cancel := context.WithCancel(t.Context())
	tx, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, tx, `INSERT INTO a VALUES (1)`)
	cancel()
	_, _, err = tx.Exec(t.Context(), `INSERT INTO a VALUES (2)`, nil)
	wantCode(t, err, storage.CodeClosed)
	if err := tx.Commit(); err == nil {
		t.Error("committed after the end of the context")
	}
	if n := execute(t, s, `INSERT INTO a VALUES (3)`); n != 1 {
		t.Error("the writer is not free")
	}
	want(t, rows(t, s, `SELECT n FROM a`), "n=3")

	short, end := context.WithTimeout(t.Context(), time.Millisecond)
	defer end()
	<-short.Done()
	_, err = s.Begin(short)
	wantCode(t, err, storage.CodeTimeout)
	wantCode(t, s.Query(short, `SELECT 1`, nil, nil), storage.CodeTimeout)
}

// Transactions that read and then write do not undo each other.
func testNoLostUpdates(t *testing.T, s storage.Store) {
	execute(t, s, `CREATE TABLE counter (n INTEGER)`)
	execute(t, s, `INSERT INTO counter VALUES (0)`)
	var wg sync.WaitGroup
	const each, count = 10, 8
	for range count {
		wg.Go(func() {
			for range each {
				for add(s) != nil { // refused as busy: again
				}
			}
		})
	}
	wg.Wait()
	want(t, rows(t, s, `SELECT n FROM counter`), fmt.Sprintf("n=%d", each*count))
}

func add(s storage.Store) error {
	ctx := context.Background()
	tx, err := s.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var n int64
	err = tx.Query(ctx, `SELECT n FROM counter`, nil, func(_ []string, values []any) error {
		n = values[0].(int64)
		return nil
	})
	if err != nil {
		return err
	}
	if _, _, err := tx.Exec(ctx, `UPDATE counter SET n = ?`, []any{n + 1}); err != nil {
		return err
	}
	return tx.Commit()
}

func testMistakes(t *testing.T, s storage.Store) {
	execute(t, s, `CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT NOT NULL)`)
	execute(t, s, `INSERT INTO u VALUES (1, 'a')`)
	for _, test := range []struct {
		query string
		want  storage.Code
	}{
		{`SELEKT 1`, storage.CodeSQL},
		{`SELECT nothing FROM u`, storage.CodeSQL},
		{`INSERT INTO missing VALUES (1)`, storage.CodeSQL},
		{`INSERT INTO u VALUES (1, 'b')`, storage.CodeConstraint},
		{`INSERT INTO u VALUES (2, NULL)`, storage.CodeConstraint},
	} {
		_, _, err := s.Exec(t.Context(), test.query, nil)
		if got := code(err); got != test.want || strings.Contains(err.Error(), "SQLITE_") {
			t.Errorf("%s: %q, %v", test.query, got, err)
		}
	}
	want(t, rows(t, s, `SELECT * FROM u`), "id=1 name=a")
}

func testRefused(t *testing.T, s storage.Store) {
	for _, query := range []string{
		`BEGIN`, `commit`, ` /* x */ Rollback`, `SELECT 1; BEGIN`, `ATTACH 'other.db' AS o`, `VACUUM INTO 'copy.db'`, `PRAGMA synchronous = OFF`,
		`SAVEPOINT x`, `SET search_path TO other`, `COPY t TO '/tmp/x'`,
	} {
		_, _, err := s.Exec(t.Context(), query, nil)
		wantCode(t, err, storage.CodeInvalid)
		wantCode(t, s.Query(t.Context(), query, nil, func([]string, []any) error { return nil }), storage.CodeInvalid)
	}
	tx, err := s.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = tx.Exec(t.Context(), `COMMIT`, nil)
	wantCode(t, err, storage.CodeInvalid)
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

func testStream(t *testing.T, s storage.Store) {
	enough, seen := errors.New("enough"), 0
	err := s.Query(t.Context(), `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n`, nil, func(_ []string, values []any) error {
		if seen++; values[0] != int64(seen) {
			t.Errorf("row %d is %v", seen, values[0])
		}
		if seen == 1000 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || seen != 1000 {
		t.Errorf("%v after %d rows", err, seen)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = s.Query(ctx, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n`, nil, func([]string, []any) error {
		cancel()
		return nil
	})
	wantCode(t, err, storage.CodeClosed)
}

func testMigrations(t *testing.T, s storage.Store) {
	first := []storage.Migration{
		{Name: "002_more.sql", Text: "INSERT INTO a VALUES ('x;y'); -- not here; no\nINSERT INTO a VALUES ('z');"},
		{Name: "001_init.sql", Text: "CREATE TABLE a (t TEXT);\n"},
	}
	applied, err := s.Migrate(t.Context(), first)
	if err != nil || strings.Join(applied, " ") != "001_init.sql 002_more.sql" {
		t.Fatalf("applied %v, %v", applied, err)
	}
	want(t, rows(t, s, `SELECT t FROM a ORDER BY t`), "t=x;y; t=z")
	first[1].Text = "CREATE TABLE a (t TEXT);\r\n" // as another system checks it out
	if applied, err = s.Migrate(t.Context(), append(first, storage.Migration{Name: "003.sql", Text: " -- nothing\n"})); err != nil || len(applied) != 1 {
		t.Errorf("the second time: %v, %v", applied, err)
	}
	_, err = s.Migrate(t.Context(), []storage.Migration{{Name: "001_init.sql", Text: "CREATE TABLE b (t TEXT)"}})
	var failed *storage.MigrationError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "001_init.sql: it was changed after it was applied") {
		t.Errorf("a changed migration: %v", err)
	}
	_, err = s.Migrate(t.Context(), []storage.Migration{{Name: "002_z.sql", Text: "CREATE TABLE b (t TEXT)"}})
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "comes before 003.sql") {
		t.Errorf("a late migration: %v", err)
	}
}

func testFailingMigrations(t *testing.T, s storage.Store) {
	for _, test := range []struct{ text, place string }{
		{"CREATE TABLE f (t TEXT);\nINSERT INTO f VALUES ('ok');\n\n  INSERT INTO nowhere VALUES (1);\n", "m.sql:4:15"},
		{"CREATE TABLE f (t TEXT);\n-- x\nCREATE TABEL g (t TEXT);", "m.sql:3:8"},
		{"CREATE TABLE f (t TEXT);\nBEGIN;", "m.sql:2:1"},
	} {
		_, err := s.Migrate(t.Context(), []storage.Migration{{Name: "m.sql", Text: test.text}})
		var failed *storage.MigrationError
		if !errors.As(err, &failed) || !strings.HasPrefix(err.Error(), test.place+": ") {
			t.Errorf("got %v, want it at %s", err, test.place)
		}
		if err := s.Query(t.Context(), `SELECT t FROM f`, nil, nil); code(err) != storage.CodeSQL {
			t.Errorf("a part of a failed migration is there: %v", err)
		}
	}
}

func testClosed(t *testing.T, s storage.Store) {
	_ = apply(t, s, set("a", "1"))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := s.Get(t.Context(), "a")
	wantCode(t, err, storage.CodeClosed)
	_, err = s.Apply(t.Context(), set("a", "2"))
	wantCode(t, err, storage.CodeClosed)
	_, err = s.Begin(t.Context())
	wantCode(t, err, storage.CodeClosed)
	_, err = s.List(t.Context(), storage.Range{})
	wantCode(t, err, storage.CodeClosed)
}
