package storage

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// defaultConnections is how many connections one app has to a server at most.
const defaultConnections = 8

// openPostgres connects to a server and makes the app's schema there.
func openPostgres(ctx context.Context, app, url string, o Options) (*sqlStore, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, invalid("the URL of the database server is wrong") // what the library says may hold the password
	}
	schema := `"app_` + strings.ReplaceAll(app, `"`, `""`) + `"`
	config.RuntimeParams["search_path"] = schema
	config.RuntimeParams["application_name"] = "sigil " + app
	db := stdlib.OpenDB(*config)
	connections := o.MaxConnections
	if connections <= 0 {
		connections = defaultConnections
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	s := newSQLStore(postgresDialect{}, db, db, o.clock())
	if err := s.begin(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema+";"+postgresSchema); err != nil {
		return nil, err
	}
	return s, nil
}

const postgresSchema = `
CREATE TABLE IF NOT EXISTS sigil_kv (key TEXT COLLATE "C" NOT NULL PRIMARY KEY, value BYTEA NOT NULL, version BIGINT NOT NULL, expires BIGINT);
CREATE INDEX IF NOT EXISTS sigil_kv_expires ON sigil_kv (expires) WHERE expires IS NOT NULL;
CREATE TABLE IF NOT EXISTS sigil_migrations (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, checksum TEXT NOT NULL, applied BIGINT NOT NULL);`

var postgresStatements = statements{
	get:         `SELECT value, version, expires FROM sigil_kv WHERE key = $1`,
	list:        `SELECT key, value, version, expires FROM sigil_kv WHERE key >= $1 AND key < $2 AND (expires IS NULL OR expires > $3) ORDER BY key LIMIT $4`,
	listReverse: `SELECT key, value, version, expires FROM sigil_kv WHERE key >= $1 AND key < $2 AND (expires IS NULL OR expires > $3) ORDER BY key DESC LIMIT $4`,
	put: `INSERT INTO sigil_kv (key, value, version, expires) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires`,
	remove: `DELETE FROM sigil_kv WHERE key = $1`,
	sweep:  `DELETE FROM sigil_kv WHERE key IN (SELECT key FROM sigil_kv WHERE expires <= $1 LIMIT 1000)`,
}

type postgresDialect struct{}

// Dialect implements [SQL].
func (postgresDialect) Dialect() string { return "postgres" }

func (postgresDialect) statements() *statements { return &postgresStatements }

func (postgresDialect) rewrite(query string) string { return rebind(query) }

func (postgresDialect) ready(*sql.Conn) error { return nil }

// isolation makes transactions that read and then write safe from each other, as they are in SQLite; the one that comes too
// late fails as busy.
func (postgresDialect) isolation() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelSerializable}
}

// lock has all processes that serve this app write keys, and apply migrations, one after the other.
func (postgresDialect) lock(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 0))`)
	return err
}

// postgresCodes map classes of SQLSTATE, and single codes, which come first.
var postgresCodes = map[string]Code{
	"40001": CodeBusy, "40P01": CodeBusy, "55P03": CodeBusy, "57014": CodeTimeout, "25006": CodeReadonly, "53100": CodeFull,
	"XX001": CodeCorrupt, "XX002": CodeCorrupt, "22": CodeInvalid, "23": CodeConstraint, "08": CodeOffline, "57": CodeOffline, "53": CodeOffline,
	"28": CodeOffline, "3D": CodeOffline,
}

func (postgresDialect) explain(err error) *Error {
	var lib *pgconn.PgError
	if !errors.As(err, &lib) {
		return &Error{Code: CodeOffline, Message: "the database server cannot be reached", Err: err}
	}
	e := &Error{Code: CodeSQL, Message: lib.Message, Offset: int(lib.Position), Err: err}
	if code, ok := postgresCodes[lib.Code]; ok {
		e.Code = code
	} else if code, ok := postgresCodes[lib.Code[:min(2, len(lib.Code))]]; ok {
		e.Code = code
	}
	if e.Code == CodeBusy {
		e.Message = "another transaction was in the way (" + e.Message + "): try again"
	}
	return e
}
