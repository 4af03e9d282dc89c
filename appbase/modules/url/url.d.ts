/** A parsed URL (WHATWG URL standard). Its properties can be set; a value that does not fit changes nothing. */
interface URL {
  /** The whole URL. Setting it to what is no valid URL throws a TypeError. */
  href: string;
  readonly origin: string;
  /** The scheme with its colon, "https:". */
  protocol: string;
  username: string;
  password: string;
  /** Host name and port. */
  host: string;
  hostname: string;
  /** "" for the scheme's default port. */
  port: string;
  pathname: string;
  /** The query with its question mark, or "". */
  search: string;
  /** The parameters of the query. Changing them changes the URL. */
  readonly searchParams: URLSearchParams;
  /** The fragment with its #, or "". */
  hash: string;
  toString(): string;
  toJSON(): string;
}

declare var URL: {
  prototype: URL;
  /** Throws a TypeError for what is no valid URL. At most 256 KiB, 2 KiB before the path, 1,024 path segments. */
  new (url: string | URL, base?: string | URL): URL;
  canParse(url: string | URL, base?: string | URL): boolean;
  /** Like the constructor, but null for what is no valid URL. */
  parse(url: string | URL, base?: string | URL): URL | null;
};

/** The parameters of a query, in order; a name may appear several times. At most 100,000 and 16 MiB. */
interface URLSearchParams {
  readonly size: number;
  append(name: string, value: string): void;
  /** Removes all parameters of that name, or with a value those that have it. */
  delete(name: string, value?: string): void;
  /** The first value of that name. */
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  /** Sets the first parameter of that name and removes the others. */
  set(name: string, value: string): void;
  /** Orders by name; equal names keep their order. */
  sort(): void;
  toString(): string;
  forEach(callback: (value: string, name: string, parent: URLSearchParams) => void, thisArg?: any): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

declare var URLSearchParams: {
  prototype: URLSearchParams;
  new (init?: string | URLSearchParams | Iterable<readonly [string, string]> | Record<string, string>): URLSearchParams;
};
