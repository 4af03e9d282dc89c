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

/** What a URLPattern is made of, or a URL that it is compared with, component by component. */
interface URLPatternInit {
  protocol?: string;
  username?: string;
  password?: string;
  hostname?: string;
  port?: string;
  pathname?: string;
  search?: string;
  hash?: string;
  /** Gives what comes before the first component that is there. */
  baseURL?: string;
}

interface URLPatternOptions {
  /** Letters of the path, the query and the fragment match in either case. */
  ignoreCase?: boolean;
}

interface URLPatternComponentResult {
  input: string;
  /** What the groups have matched, by name; those without a name have numbers. */
  groups: Record<string, string | undefined>;
}

interface URLPatternResult {
  inputs: [URLPatternInit] | [string] | [string, string];
  protocol: URLPatternComponentResult;
  username: URLPatternComponentResult;
  password: URLPatternComponentResult;
  hostname: URLPatternComponentResult;
  port: URLPatternComponentResult;
  pathname: URLPatternComponentResult;
  search: URLPatternComponentResult;
  hash: URLPatternComponentResult;
}

/** A pattern of URLs (URL Pattern standard): `new URLPattern({ pathname: "/items/:id" })`. Its properties are the components' patterns. */
interface URLPattern {
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  /** Whether there are regular expressions in it: "/items/:id(\d+)". */
  readonly hasRegExpGroups: boolean;
  test(input?: string | URL | URLPatternInit, base?: string | URL): boolean;
  /** What the groups have matched; null if the URL does not match. */
  exec(input?: string | URL | URLPatternInit, base?: string | URL): URLPatternResult | null;
}

declare var URLPattern: {
  prototype: URLPattern;
  /** Throws a TypeError for what is no pattern, and for one of more than 16 KiB. */
  new (input: string | URL, base: string | URL, options?: URLPatternOptions): URLPattern;
  new (input?: string | URL | URLPatternInit, options?: URLPatternOptions): URLPattern;
};
