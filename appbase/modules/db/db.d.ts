// --- this.db ----------------------------------------------------------------------------------------------------------

interface AppBase {
  /**
   * SQL over the app's own database: an SQLite file, or what the operator has set (PostgreSQL). Values always travel as
   * parameters: `?` in the text, or `${...}` in {@link Db.sql}. Tables are made by `migrations/*.sql` in the app's folder.
   *
   * Promises reject with an Error that has a `code`: `"constraint"`, `"sql"`, `"busy"`, `"timeout"`, `"full"` ...
   */
  readonly db: Db;
}

/** What can be a parameter. Dates become texts like `2026-01-31T12:00:00.000Z`. */
type SqlValue = string | number | bigint | boolean | null | Date | Bytes;

/**
 * A row: its columns by name. Integers beyond 2^53 come as BigInt, blobs as Uint8Array, times as texts like
 * `2026-01-31T12:00:00.000Z`.
 */
type SqlRow = { [column: string]: any };

interface SqlOptions {
  /** How long the statement may take: `"30s"` or milliseconds; default 5 s, at most 5 min. */
  timeout?: number | string;
}

/** What runs statements: the database itself, or a transaction. */
interface SqlRunner {
  /** All rows; at most 50,000 (for more there is {@link Db.stream}). */
  query<Row = SqlRow>(sql: string, parameters?: SqlValue[], options?: SqlOptions): Promise<Row[]>;
  /** The first row, or undefined. */
  queryOne<Row = SqlRow>(sql: string, parameters?: SqlValue[], options?: SqlOptions): Promise<Row | undefined>;
  /** How many rows were changed, and the id of the last one inserted (SQLite only; elsewhere use `returning`). */
  exec(sql: string, parameters?: SqlValue[], options?: SqlOptions): Promise<{ changes: number; lastId: number | bigint }>;
  /** The same as query, in the form sql`select * from items where id = ${id}`. What stands in `${}` is a parameter, never text. */
  sql<Row = SqlRow>(text: TemplateStringsArray, ...parameters: SqlValue[]): Promise<Row[]>;
}

interface Db extends SqlRunner {
  /**
   * Runs a transaction: what `work` does with `tx` is done together when its promise resolves, and undone when it rejects, when
   * it takes longer than `timeout` (default 10 s), or when the code is reloaded. Resolves to what `work` returned. In SQLite
   * one transaction runs at a time; inside, use `tx` and not `this.db` or `this.kv`, which would wait for it.
   */
  tx<T>(work: (tx: SqlRunner) => Awaitable<T>, options?: { timeout?: number | string }): Promise<T>;
  /** Rows one by one, however many there are: `for await (const row of this.db.stream("select ..."))`. At most four at a time. */
  stream<Row = SqlRow>(sql: string, parameters?: SqlValue[]): SqlStream<Row>;
}

interface SqlStream<Row> {
  next(): Promise<{ value: Row; done: false } | { value: undefined; done: true }>;
  return(value?: unknown): Promise<{ value: any; done: true }>;
  [Symbol.asyncIterator](): this;
}
