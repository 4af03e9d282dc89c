// --- this.repository --------------------------------------------------------------------------------------------------

interface AppBase {
  /**
   * A collection of items that survive restarts: made at its first use, shared by all workers. Options belong into one place,
   * such as a field: `messages = this.repository("messages", { maxSize: 1000 })`. A file `seed/messages.yaml` (or `.json`) in
   * the app's folder, a list of items, fills it on the first start. Methods marked {@link Observes} hear of its changes.
   */
  repository<T = any>(name: string, options?: RepositoryOptions): Repository<T>;
}

interface RepositoryOptions {
  /** How long an item stays after it was stored last: `"30s"`, `"24h"`, or milliseconds. Then it is evicted. */
  ttl?: number | string;
  /** How many items there are at most; one more evicts the oldest. */
  maxSize?: number;
  /** Fields that `where` and `order` often ask for. */
  index?: string[];
}

/** Fields and the values that they must have; of a list, one of them. Fields inside of fields have dots: `"user.id"`. */
type Where = { readonly [field: string]: string | number | boolean | null | readonly (string | number | boolean | null)[] };

interface Retrieve {
  where?: Where;
  /** `true`: the first item itself, not in a list. A number: the first so many. */
  first?: true | number;
  /** `true`: the last item itself, not in a list. A number: the last so many, still in order. */
  last?: true | number;
  limit?: number;
  /** A field to order by, with `-` before it from high to low. Default: as they were stored. */
  order?: string;
  /** What to give when there is nothing. */
  default?: any;
}

interface Repository<T = any> {
  readonly name: string;
  /**
   * Stores an item and resolves to whether it is new. An object without an `id` gets one, a UUID. One with the `id` of an item that
   * is there, or without an `id` and with the same `name` (or else `key`), replaces it and keeps its place and id. What is
   * identical changes nothing. Texts and numbers are stored once.
   */
  store(item: T): Promise<boolean>;
  retrieve(options: Retrieve & ({ first: true } | { last: true })): Promise<T | undefined>;
  /** Items in the order in which they were stored, at most 50,000. */
  retrieve(options?: Retrieve): Promise<T[]>;
  /** The item of that id, or undefined. */
  get(id: string | number): Promise<T | undefined>;
  count(where?: Where): Promise<number>;
  /** Deletes the item of that id, or all items with these fields, and resolves to what was deleted. */
  delete(criteria: string | number | Where): Promise<T[]>;
  /** Deletes everything and resolves to how much it was. */
  clear(): Promise<number>;
}

/** What a method marked {@link Observes} gets. */
interface RepositoryChange<T = any> {
  repository: string;
  type: "created" | "updated" | "deleted" | "evicted";
  id: string | number;
  /** What it is now; not there when deleted or evicted. */
  value?: T;
  /** What it was; not there when created. */
  old?: T;
  /** Why it was evicted. */
  reason?: "ttl" | "maxSize";
  /** In milliseconds since 1970. */
  at: number;
}

/**
 * Calls the method for every change of a repository, once, after its commit and in the order of commits, on the first worker. With
 * `when`, only for changes for which that returns something true.
 */
declare function Observes(repository: string, options?: { when?: (change: RepositoryChange) => unknown }): MethodAnnotation<(this: any, change: RepositoryChange) => unknown>;
