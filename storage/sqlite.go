package storage

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// maxReaders is how many queries of one app read its file at the same time.
const maxReaders = 4

// openSQLite opens or creates a file. One connection writes, others read beside it (WAL).
func openSQLite(ctx context.Context, path string, o Options) (*sqlStore, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, &Error{Code: CodeOffline, Message: "the data folder cannot be made: " + err.Error(), Err: err}
	}
	writer, err := connect(path, o, false)
	if err != nil {
		return nil, err
	}
	reader, err := connect(path, o, true)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	writer.SetMaxOpenConns(1)
	reader.SetMaxOpenConns(maxReaders)
	reader.SetMaxIdleConns(maxReaders)
	s := newSQLStore(sqliteDialect{}, reader, writer, o.clock())
	if err := s.begin(ctx, sqliteSchema); err != nil {
		return nil, err
	}
	return s, nil
}

func connect(path string, o Options, readOnly bool) (*sql.DB, error) {
	query := url.Values{"_pragma": {"busy_timeout(" + strconv.FormatInt(o.lockTime().Milliseconds(), 10) + ")", "journal_mode(WAL)", "synchronous(" + o.sync() + ")", "foreign_keys(1)", "trusted_schema(0)"}}
	query.Set("_txlock", "immediate")
	query.Set("_defensive", "true")
	query.Set("_dqs", "false")
	if o.MaxBytes > 0 {
		query.Add("_pragma", "max_page_count("+strconv.FormatInt(max(o.MaxBytes/pageBytes, 16), 10)+")")
	}
	if readOnly {
		query.Add("_pragma", "query_only(1)")
	}
	connector, err := sqlite.NewConnector("file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode())
	if err != nil {
		return nil, &Error{Code: CodeInvalid, Message: err.Error(), Err: err}
	}
	return sql.OpenDB(connector), nil
}

// pageBytes is SQLite's default.
const pageBytes = 4096

const sqliteSchema = `
CREATE TABLE IF NOT EXISTS sigil_kv (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, version INTEGER NOT NULL, expires INTEGER) STRICT;
CREATE INDEX IF NOT EXISTS sigil_kv_expires ON sigil_kv (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS sigil_migrations (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied INTEGER NOT NULL) STRICT;`

var sqliteStatements = statements{
	get:         `SELECT value, version, expires FROM sigil_kv WHERE key = ?`,
	list:        `SELECT key, value, version, expires FROM sigil_kv WHERE key >= ? AND key < ? AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?`,
	listReverse: `SELECT key, value, version, expires FROM sigil_kv WHERE key >= ? AND key < ? AND (expires IS NULL OR expires > ?) ORDER BY key DESC LIMIT ?`,
	put: `INSERT INTO sigil_kv (key, value, version, expires) VALUES (?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires`,
	remove: `DELETE FROM sigil_kv WHERE key = ?`,
	sweep:  `DELETE FROM sigil_kv WHERE rowid IN (SELECT rowid FROM sigil_kv WHERE expires <= ? LIMIT 1000)`,
}

type sqliteDialect struct{}

// Dialect implements [SQL].
func (sqliteDialect) Dialect() string { return "sqlite" }

func (sqliteDialect) statements() *statements { return &sqliteStatements }

func (sqliteDialect) rewrite(query string) string { return query }

// ready keeps statements of an app from reaching other files.
func (sqliteDialect) ready(conn *sql.Conn) error {
	_, err := sqlite.Limit(conn, sqlite3.SQLITE_LIMIT_ATTACHED, 0)
	return err
}

// lock does nothing: one connection writes, and each write begins by taking the file's lock.
func (sqliteDialect) lock(context.Context, *sql.Tx) error { return nil }

func (sqliteDialect) isolation() *sql.TxOptions { return nil }

var sqliteCodes = map[int]Code{
	sqlite3.SQLITE_BUSY: CodeBusy, sqlite3.SQLITE_LOCKED: CodeBusy, sqlite3.SQLITE_FULL: CodeFull, sqlite3.SQLITE_CORRUPT: CodeCorrupt,
	sqlite3.SQLITE_NOTADB: CodeCorrupt, sqlite3.SQLITE_CONSTRAINT: CodeConstraint, sqlite3.SQLITE_READONLY: CodeReadonly,
	sqlite3.SQLITE_CANTOPEN: CodeOffline, sqlite3.SQLITE_IOERR: CodeOffline, sqlite3.SQLITE_INTERRUPT: CodeTimeout,
	sqlite3.SQLITE_TOOBIG: CodeInvalid, sqlite3.SQLITE_RANGE: CodeInvalid, sqlite3.SQLITE_MISMATCH: CodeInvalid,
}

var sqliteWords = map[Code]string{
	CodeBusy:     "the store is locked: another transaction, or another process that has the file open, was in the way for too long",
	CodeFull:     "the store is full: the disk has no room, or the store has reached its limit",
	CodeCorrupt:  "the store's file is damaged or no database: restore it from a copy, or move it away to begin afresh",
	CodeReadonly: "the store's file cannot be written",
	CodeOffline:  "the store's file cannot be opened or read",
}

// suffix is what the library adds to SQLite's own text.
var suffix = regexp.MustCompile(` \([0-9]+\)$`)

func (sqliteDialect) explain(err error) *Error {
	e := &Error{Code: CodeSQL, Message: suffix.ReplaceAllString(err.Error(), ""), Err: err}
	e.Message = strings.TrimPrefix(e.Message, "SQL logic error: ")
	var lib *sqlite.Error
	if !errors.As(err, &lib) {
		return e
	}
	if code, ok := sqliteCodes[lib.Code()&0xff]; ok {
		e.Code = code
	}
	if words := sqliteWords[e.Code]; words != "" {
		e.Message = words + " (" + e.Message + ")"
	}
	return e
}
