/** What a shared field can hold: plain data. What is read from one is frozen; to change it, assign a new value. */
type Shareable = string | number | boolean | null | readonly Shareable[] | { readonly [key: string]: Shareable };

/**
 * Marks a field that the server keeps: it has one value for all workers of the app, and survives reloads. A plain field is
 * read and assigned as usual; for changes that must not get in each other's way there are {@link SharedCounter},
 * {@link SharedMap} and {@link SharedList}. Fields can be changed from `@OnStart` on. All of an app's hold at most 64 MiB.
 *
 * A `Map` as the first value becomes a {@link SharedMap}.
 *
 * When the shape of the data changes, say how to get there; with a version of its own nothing but that number counts:
 * `@Shared({ version: 2, migrate: (old) => old.map((name) => ({ name })) }) people = [];`
 */
declare function Shared<V>(value: undefined, context: ClassFieldDecoratorContext<any, V>): void;
declare function Shared(options: {
  /** Of the data's shape. Left out, every new text of `migrate` is a new version: it runs once. */
  version?: number;
  /** Makes the new value of the old one, as plain data: a counter is a number, a map an object, a list an array. */
  migrate?: (old: any, version: number) => unknown;
}): <V>(value: undefined, context: ClassFieldDecoratorContext<any, V>) => void;

/** A number that all workers count with. */
declare class SharedCounter {
  constructor(value?: number);
  readonly value: number;
  /** Adds, as one step. @returns the number then */
  add(n?: number): number;
  /** @returns the number before */
  set(value: number): number;
  valueOf(): number;
  toString(): string;
  toJSON(): number;
}

/** Values by text keys, in the order of insertion. */
declare class SharedMap<V extends Shareable = any> {
  constructor(entries?: Iterable<readonly [key: string, value: V]> | { readonly [key: string]: V });
  readonly size: number;
  get(key: string): V | undefined;
  has(key: string): boolean;
  set(key: string, value: V): this;
  /** @returns whether it was there */
  delete(key: string): boolean;
  clear(): void;
  /**
   * Replaces a value by what `change` makes of it, as one step: when another worker was faster, `change` is called again with
   * the newer value. `undefined` deletes.
   * @returns what `change` returned last
   */
  update(key: string, change: (old: V | undefined) => V | undefined): V | undefined;
  /** Adds to a number, which begins at 0. @returns the number then */
  add(key: string, n?: number): number;
  keys(): IterableIterator<string>;
  values(): IterableIterator<V>;
  entries(): IterableIterator<[string, V]>;
  forEach(callback: (value: V, key: string, map: this) => void, thisArg?: unknown): void;
  [Symbol.iterator](): IterableIterator<[string, V]>;
  toJSON(): { [key: string]: V };
}

/** Values in order. */
declare class SharedList<V extends Shareable = any> {
  /** @param options.max how many it keeps: beyond that, the oldest go */
  constructor(values?: Iterable<V>, options?: { max?: number });
  readonly length: number;
  /** @returns the length then */
  push(...values: V[]): number;
  pop(): V | undefined;
  shift(): V | undefined;
  clear(): void;
  at(index: number): V | undefined;
  slice(from?: number, to?: number): V[];
  toArray(): V[];
  [Symbol.iterator](): IterableIterator<V>;
  toJSON(): V[];
}

/** A lock of the app, by name: `this.lock("orders")`. */
interface Lock {
  readonly name: string;
  /**
   * Runs fn while nobody else in the app, on any worker, holds the lock, and releases it when fn's promise has settled, however.
   * Who waits is served in the order of arrival. What fn does may take the same lock again. It is released also when a
   * reload ends the code that holds it, and when `connection` ends.
   * @param options.timeout how long to wait for it, in milliseconds; 30,000 if left out
   * @returns what fn returns
   * @throws DOMException `TimeoutError`
   */
  with<T>(fn: () => T | Promise<T>, options?: { timeout?: number; connection?: WsConn }): Promise<T>;
}
