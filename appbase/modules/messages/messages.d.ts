type HeadersInit = Headers | Iterable<readonly [name: string, value: unknown]> | { readonly [name: string]: string | number };
type BodyInit = string | Bytes | Blob | FormData | URLSearchParams | ReadableStream | AsyncIterable<string | Bytes>;

/** Header fields by name, whose case does not matter. */
interface Headers {
  append(name: string, value: unknown): void;
  set(name: string, value: unknown): void;
  /** The values of that name joined by ", ", or null. */
  get(name: string): string | null;
  /** The values of Set-Cookie, each by itself. */
  getSetCookie(): string[];
  has(name: string): boolean;
  delete(name: string): void;
  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: any): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

declare var Headers: {
  prototype: Headers;
  new (init?: HeadersInit): Headers;
};

interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit | null;
  /** Required when the body is a stream. */
  duplex?: "half";
  signal?: AbortSignal | null;
  redirect?: "follow" | "error" | "manual";
  cache?: string;
  credentials?: string;
  integrity?: string;
  keepalive?: boolean;
  mode?: string;
  referrer?: string;
  referrerPolicy?: string;
  window?: null;
}

/** A request. Its body can be read once, by one of the methods or as the stream `body`. */
interface Request {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Headers;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly redirect: string;
  readonly mode: string;
  readonly credentials: string;
  readonly cache: string;
  readonly referrer: string;
  readonly referrerPolicy: string;
  readonly integrity: string;
  readonly keepalive: boolean;
  readonly destination: string;
  readonly duplex: "half";
  readonly body: ReadableStream<Uint8Array> | null;
  readonly bodyUsed: boolean;
  clone(): Request;
  text(): Promise<string>;
  json(): Promise<any>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array>;
  blob(): Promise<Blob>;
  /** The form of a body of type multipart/form-data or application/x-www-form-urlencoded. */
  formData(): Promise<FormData>;
}

declare var Request: {
  prototype: Request;
  new (input: string | URL | Request, init?: RequestInit): Request;
};

interface ResponseInit {
  /** 200 to 599; default 200. */
  status?: number;
  statusText?: string;
  headers?: HeadersInit;
}

/** An answer. Its body can be read once, by one of the methods or as the stream `body`. */
interface Response {
  readonly type: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  readonly ok: boolean;
  readonly statusText: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly bodyUsed: boolean;
  clone(): Response;
  text(): Promise<string>;
  json(): Promise<any>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array>;
  blob(): Promise<Blob>;
  formData(): Promise<FormData>;
}

declare var Response: {
  prototype: Response;
  /** A body that is an async iterable, such as a generator's, is sent as it comes. */
  new (body?: BodyInit | null, init?: ResponseInit): Response;
  /** A network error. It cannot be sent. */
  error(): Response;
  json(data: any, init?: ResponseInit): Response;
  /** A redirect; the URL may be relative to that of the request. */
  redirect(url: string | URL, status?: 301 | 302 | 303 | 307 | 308): Response;
};
