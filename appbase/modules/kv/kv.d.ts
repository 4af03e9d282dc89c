// --- this.kv ----------------------------------------------------------------------------------------------------------

interface AppBase {
  /**
   * Keys with values that survive restarts. Keys are texts of at most 1,000 bytes; values are everything that has a JSON
   * form, or bytes (which come back as a Uint8Array), up to 4 MiB. Writes happen in the order of the calls, and once the
   * promise has resolved what was written survives a crash.
   *
   * Promises reject with an Error that has a `code`: `"busy"`, `"timeout"`, `"full"`, `"corrupt"` ...
   */
  readonly kv: Kv;
}

interface Kv {
  /** What stands under the key; undefined if nothing does. */
  get<T = any>(key: string): Promise<T | undefined>;
  /** The same with its version and when it expires. */
  entry<T = any>(key: string): Promise<KvEntry<T> | undefined>;
  has(key: string): Promise<boolean>;
  /** Entries in the order of their keys: a page of at most `limit` (default 1,000). The next page begins `after` the last key. */
  list<T = any>(prefix?: string | KvRange): Promise<KvEntry<T>[]>;
  /** Keeps a value. Resolves to false, and does nothing, when a condition does not hold. */
  set(key: string, value: KvValue, options?: KvWrite): Promise<boolean>;
  /** Resolves to whether there was something to delete (and its version was the expected one). */
  delete(key: string, options?: { ifVersion?: number }): Promise<boolean>;
  /** Keeps `value` if what stands there equals `expected` (as JSON; undefined: nothing stands there). Resolves to whether it did. */
  compareAndSet(key: string, expected: KvValue | undefined, value: KvValue, options?: { ttl?: number | string }): Promise<boolean>;
  /**
   * Changes a value: `change` gets what stands there and returns (a promise of) the new value, or undefined to delete it. When
   * somebody else has changed it meanwhile, it is called again. Resolves to the new value.
   */
  update<T = any>(key: string, change: (value: T | undefined) => Awaitable<T | undefined>, options?: { ttl?: number | string }): Promise<T | undefined>;
  /** Does all of the operations, or, when a condition does not hold, none. Resolves to which of both. */
  batch(operations: KvOperation[]): Promise<boolean>;
  /** Calls back after every change of a key that begins with `prefix`, in order, until the returned function is called or the code is reloaded. */
  watch<T = any>(prefix: string, callback: (change: KvChange<T>) => unknown): Promise<() => void>;
}

/** What can be kept. */
type KvValue = string | number | boolean | null | Bytes | JsonObject;

interface KvEntry<T = any> {
  key: string;
  value: T;
  /** Another number after every write. */
  version: number;
  /** When it goes away by itself, in milliseconds since 1970; not there if never. */
  expires?: number;
}

interface KvRange {
  prefix?: string;
  /** The key behind which to begin. */
  after?: string;
  /** 1 to 10,000; default 1,000. */
  limit?: number;
  /** From the last key to the first. */
  reverse?: boolean;
}

interface KvWrite {
  /** How long it stays: `"30s"`, `"24h"`, or milliseconds. Default: for ever. */
  ttl?: number | string;
  /** Only if nothing stands there. */
  ifAbsent?: boolean;
  /** Only if what stands there has this version. */
  ifVersion?: number;
}

type KvOperation =
  | ({ set: string; value: KvValue } & KvWrite)
  | { delete: string; ifVersion?: number }
  /** Nothing but a condition: there is something, or with `ifAbsent` nothing, or this version. */
  | { check: string; ifVersion?: number; ifAbsent?: boolean };

interface KvChange<T = any> {
  key: string;
  deleted: boolean;
  /** Not there when deleted. */
  value?: T;
  /** How many changes before this one were not told because the app was too busy; not there if none. */
  lost?: number;
}
