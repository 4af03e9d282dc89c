package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// Migration is one step of a schema: a script of any number of statements.
type Migration struct {
	Name string // its file's; the order is that of the names
	Text string
}

// MigrationError says which migration could not be applied, and where its script is wrong.
type MigrationError struct {
	Name         string
	Line, Column int // from 1; Line 0: the whole file. Column counts UTF-16 units, as editors do.
	Err          error
}

func (e *MigrationError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Name, e.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", e.Name, e.Line, e.Column, e.Err)
}

// Unwrap returns what was wrong.
func (e *MigrationError) Unwrap() error { return e.Err }

// Place is where the mistake stands, for callers that do not know this package.
func (e *MigrationError) Place() (name string, line, column int) { return e.Name, e.Line, e.Column }

// Migrate implements [SQL].
func (s *sqlStore) Migrate(ctx context.Context, migrations []Migration) (applied []string, err error) {
	migrations = slices.SortedFunc(slices.Values(migrations), func(a, b Migration) int { return strings.Compare(a.Name, b.Name) })
	for _, m := range migrations {
		fresh, err := s.migrateOne(ctx, m)
		if err != nil {
			return applied, err
		}
		if fresh {
			applied = append(applied, m.Name)
		}
	}
	return applied, nil
}

// migrateOne applies a migration unless it was applied before.
func (s *sqlStore) migrateOne(ctx context.Context, m Migration) (fresh bool, err error) {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return false, s.fail(ctx, err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := s.lock(ctx, tx); err != nil {
		return false, s.fail(ctx, err)
	}
	known, err := s.isApplied(ctx, tx, m)
	if err != nil || known {
		return false, err
	}
	if err := s.runScript(ctx, tx, m); err != nil {
		return false, err
	}
	record := s.rewrite(`INSERT INTO sigil_migrations (name, checksum, applied) VALUES (?, ?, ?)`)
	if _, err := tx.ExecContext(ctx, record, m.Name, checksum(m.Text), s.now().UnixMilli()); err != nil {
		return false, s.fail(ctx, err)
	}
	if err := tx.Commit(); err != nil {
		return false, &MigrationError{Name: m.Name, Err: s.fail(ctx, err)}
	}
	return true, nil
}

// isApplied looks a migration up. One that was changed since, or comes before others that were applied, is an error.
func (s *sqlStore) isApplied(ctx context.Context, tx *sql.Tx, m Migration) (bool, error) {
	var sum string
	var applied int64
	row := tx.QueryRowContext(ctx, s.rewrite(`SELECT checksum, applied FROM sigil_migrations WHERE name = ?`), m.Name)
	switch err := row.Scan(&sum, &applied); {
	case err == nil && sum == checksum(m.Text):
		return true, nil
	case err == nil:
		return false, &MigrationError{Name: m.Name, Err: invalid("it was changed after it was applied on %s: undo the change, and write another migration",
			time.UnixMilli(applied).UTC().Format(time.DateOnly))}
	case !errors.Is(err, sql.ErrNoRows):
		return false, s.fail(ctx, err)
	}
	var later sql.NullString
	row = tx.QueryRowContext(ctx, s.rewrite(`SELECT min(name) FROM sigil_migrations WHERE name > ?`), m.Name)
	if err := row.Scan(&later); err != nil {
		return false, s.fail(ctx, err)
	}
	if later.Valid {
		return false, &MigrationError{Name: m.Name, Err: invalid("it comes before %s, which was applied already: give it a later name", later.String)}
	}
	return false, nil
}

// runScript runs the statements of a migration one by one, so that a mistake can be told with its place.
func (s *sqlStore) runScript(ctx context.Context, tx *sql.Tx, m Migration) error {
	for _, part := range split(m.Text) {
		err := error(nil)
		if refused := allowed(part.text, true); refused != nil {
			err = refused
		} else {
			_, err = tx.ExecContext(ctx, part.text)
		}
		if err == nil {
			continue
		}
		err = s.fail(ctx, err)
		line, column := place(m.Text, part.at+mistakeIn(part.text, err))
		return &MigrationError{Name: m.Name, Line: line, Column: column, Err: err}
	}
	return nil
}

// near is what SQLite says of where a mistake is.
var near = regexp.MustCompile(`near "([^"]+)": syntax error|(?:no such (?:table|column|function|index|module|view)|has no column named|unknown column "|duplicate column name|already exists)[: ]*"?([\w.]+)?`)

// mistakeIn is the offset of a mistake in a statement: where the library says it is, or the first place of the word that
// it names; else the beginning.
func mistakeIn(text string, err error) int {
	var e *Error
	if !errors.As(err, &e) {
		return 0
	}
	if e.Offset > 0 && e.Offset <= len(text) {
		return e.Offset - 1
	}
	words := near.FindStringSubmatch(e.Message)
	for _, word := range words[min(len(words), 1):] {
		if word == "" {
			continue
		}
		if i := wordAt(text, word); i >= 0 {
			return i
		}
	}
	return 0
}

// wordAt is where a word stands by itself; -1: nowhere.
func wordAt(text, word string) int {
	for l := (lexer{text: text}); ; {
		t, ok := l.next()
		if !ok {
			return strings.Index(text, word)
		}
		if t.kind != tokenComment && text[t.from:t.to] == word {
			return t.from
		}
	}
}

// place is the line and column of an offset.
func place(text string, at int) (line, column int) {
	before := text[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return 1 + strings.Count(before, "\n"), 1 + len(utf16.Encode([]rune(before[start:])))
}

// checksum tells a script from a changed one; how lines end does not count.
func checksum(text string) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(text, "\r\n", "\n")))
	return hex.EncodeToString(sum[:])
}
