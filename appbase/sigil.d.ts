/// <reference lib="ES2024.Collection" />
/// <reference lib="ES2024.Object" />
/// <reference lib="ES2024.Promise" />
/// <reference lib="ES2024.String" />
/// <reference lib="ES2024.ArrayBuffer" />
/// <reference lib="ES2025.Iterator" />
/// <reference lib="ES2025.Collection" />
/// <reference lib="ES2025.Promise" />
/// <reference lib="ES2025.RegExp" />
/// <reference lib="ESNext.Array" />
/// <reference lib="ESNext.Collection" />
/// <reference lib="ESNext.Disposable" />
/// <reference lib="ESNext.TypedArrays" />
/// <reference lib="ESNext.Error" />
// The app API of Sigil. Every name is global, and every name can be imported: import { AppBase, Websocket } from "sigil".

// --- data -------------------------------------------------------------------------------------------------------------

/** A value or a promise of one. */
type Awaitable<T> = T | Promise<T>;

/** Bytes: of a view exactly those it shows. */
type Bytes = ArrayBuffer | ArrayBufferView;

/** An object or array that has a JSON form. Functions and promises (is an `await` missing?) have none. */
type JsonObject = { readonly [key: string]: any; readonly [Symbol.hasInstance]?: never; readonly [Symbol.asyncIterator]?: never; readonly then?: never };

/** What can be sent to a WebSocket: a text as it is, bytes as a binary message, everything else as JSON. */
type Message = string | number | boolean | null | Bytes | JsonObject;

/**
 * What a handler of an HTTP route may return, itself or as a promise:
 * a text (`text/plain`, or HTML when it begins as HTML), bytes, nothing or `null` (204), a {@link Response} as it is, a
 * generator or another async iterable of texts or bytes (sent as it comes, at the pace of the client), anything else as
 * JSON. A Response may also be thrown.
 */
type Answer = void | undefined | null | string | number | boolean | Bytes | Response | Blob | FormData | URLSearchParams
  | AsyncIterable<string | Bytes> | Generator<string | Bytes> | JsonObject;

// --- the app ----------------------------------------------------------------------------------------------------------

/**
 * What every app class extends. The server makes one object of the class per generation, that is per load and per
 * reload. Fields start afresh with each; what belongs to a connection and is to survive stands in `ws.state`.
 * All code of an app runs on one thread, one callback at a time.
 */
declare class AppBase {
  /** The app's name, which is the first part of its URLs. */
  get name(): string;
  /** 1 for the code the app was first loaded with, one more with each reload. */
  get generation(): number;
  /** What the operator set for this app in `sigil.yaml` (`app.<name>`); an empty object if nothing. */
  get config(): Record<string, any>;
  /** The variables of the server's environment that the operator grants this app, by name; there are no others. */
  get env(): Readonly<Record<string, string | undefined>>;
  /** The server's log; lines carry the app's name. */
  get log(): Log;
  /** The app's open connections, at this moment's state. */
  get connections(): Connections;
  /** The open connection of that {@link WsConn.id}, or undefined. */
  connection(id: string): WsConn | undefined;
  /** The users that have connections. */
  get users(): Users;
  /** The connections that are on a topic. */
  subscribers(topic: string): WsConn[];
  /**
   * Sends to every open connection of the app, but not to `except`. Encoded once however many receive it.
   * @returns how many connections took it; those whose queue is full did not
   * @throws TypeError if data has no JSON form
   */
  broadcast(data: Message, options?: { except?: WsConn | readonly WsConn[] | null }): number;
  /**
   * Sends to every connection that subscribed to the topic.
   * @returns how many connections took it
   * @throws TypeError if data has no JSON form
   * @throws RangeError for a name that is no topic's, or beyond the number of topics
   */
  publish(topic: string, data: Message, options?: PublishOptions): number;
  /** Who is on a topic that has `presence` (see {@link Topic}), longest first. */
  presence(topic: string): Promise<Member[]>;
  /** What a topic keeps (see {@link Topic}), oldest first; with `limit` the newest that many. */
  history(topic: string, options?: { limit?: number }): Publication[];
  /**
   * Has a method of the class called later, once, with `argument`, also if the server is restarted or the code reloaded meanwhile.
   * When the promise has resolved the timer is kept. Timers fire in the order in which they are due, on the first worker, and at
   * least once: a method that throws, or that a reload or crash interrupts, is called again, after 1 s, 2 s, 4 s ... at most
   * an hour, 20 times in all. At most 16 run at the same time.
   * @param when a delay, `"30s"` or milliseconds, or a Date
   * @param argument anything with a JSON form, at most 64 KiB
   * @returns the timer's id, for {@link cancel}
   */
  after(when: number | string | Date, method: string, argument?: unknown): Promise<string>;
  /** Takes a timer back. Resolves to whether it was there; one that is firing just now still runs to its end. */
  cancel(id: string): Promise<boolean>;
  /** The app's lock of that name, the same for all its workers. */
  lock(name: string): Lock;
  /**
   * Fills a template of the folder `templates` with data. What it inserts is escaped for the place it stands in. Edits of
   * templates are seen at once. See `docs/templates.md`.
   * @param template a path below the folder: `"index.html"`
   * @param data plain data; the template sees its fields: `{{.title}}`
   * @throws with the template's file and line, if it cannot be filled
   */
  render(template: string, data?: JsonObject): Promise<string>;
  /**
   * The bytes of a file in the app's own folder; undefined when there is none. Links that lead out of the folder, and names
   * that begin with a dot, are not there; an app of a single file has no folder.
   * @throws if the file has more than 32 MiB
   */
  readFile(path: string): Promise<ArrayBuffer | undefined>;
}

/** Writes to the server's log. Values are shown as `console.log` shows them. */
interface Log {
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

// --- WebSockets -------------------------------------------------------------------------------------------------------

/**
 * One WebSocket, made by the server and given to the route function. `WsConn<State>` types its `state`.
 *
 * Callbacks of one connection run strictly one at a time and in the order of arrival, also when they are async: the
 * next message waits for the promise. What arrives before the route function has returned (or its promise has settled)
 * is kept and delivered then. An exception in a callback is logged with its position and told to `onError`, and the
 * connection stays; in the route function itself it closes the connection with 1011.
 */
declare class WsConn<State = any> {
  private constructor();

  static readonly CONNECTING: 0;
  static readonly OPEN: 1;
  static readonly CLOSING: 2;
  static readonly CLOSED: 3;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;

  /** A UUID of this connection; the same across reloads. */
  readonly id: string;
  /** Path of the handshake, decoded: `/chat/room`. */
  readonly path: string;
  /** Query of the handshake; of a repeated name the last value. */
  readonly query: { readonly [name: string]: string | undefined };
  /** Headers of the handshake, names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined };
  /** Cookies of the handshake. */
  readonly cookies: { readonly [name: string]: string | undefined };
  /** Path parameters: for the path `/rooms/:name`, `params.name`. */
  readonly params: { readonly [name: string]: string };
  /** The subprotocol that was agreed on, or `""`. */
  readonly protocol: string;
  /** The client's address without port; forwarded ones count from trusted proxies only. */
  readonly remoteAddress: string;
  /** 1 open, 2 closing, 3 closed. */
  readonly readyState: 0 | 1 | 2 | 3;
  /** Payload bytes that were accepted for sending and have not gone out yet. */
  readonly bufferedAmount: number;
  /** What a guard left in `req.user`, kept as JSON; undefined if there was none. */
  readonly user: any;
  /** True when the route function runs again for a connection that was opened under older code. */
  readonly reattached: boolean;
  /** An object of yours that the server keeps across reloads, as JSON of at most 64 KiB. `{}` at first. */
  state: State;

  /**
   * Queues a message and returns at once; the order on the wire is the order of calls.
   * @returns false when the connection is closing or closed, or its queue is full (then the overflow rule acts)
   * @throws TypeError if data has no JSON form; never because the peer is gone
   */
  send(data: Message): boolean;
  /**
   * Queues a binary message: exactly the bytes of the buffer or view, copied.
   * @returns false as with {@link send}
   */
  sendBytes(data: Bytes): boolean;
  /** Resolves when nothing waits to be sent, or the connection has ended. */
  drained(): Promise<void>;
  /**
   * Begins to close, after what was sent before. Returns at once; later calls do nothing; `onClose` comes afterwards.
   * @param code 1000-1003, 1007-1014 or 3000-4999; 1000 if left out
   * @param reason at most 123 bytes of UTF-8
   * @throws RangeError for another code or a longer reason
   */
  close(code?: number, reason?: string): void;

  /** Sets the callback for texts. This and the other `onX` replace the callback before; null takes it away. */
  onMessage(callback: ((text: string) => unknown) | null | undefined): void;
  /** Sets the callback for binary messages. The buffer is yours. */
  onBinary(callback: ((data: ArrayBuffer) => unknown) | null | undefined): void;
  /**
   * Sets the callback for the end: exactly once, whoever ended it, after the last message.
   * The code is the peer's: 1005 if it gave none, 1006 if the connection was lost.
   */
  onClose(callback: ((code: number, reason: string) => unknown) | null | undefined): void;
  /** Sets the callback for exceptions in this connection's other callbacks. */
  onError(callback: ((message: string) => unknown) | null | undefined): void;
  /** Sets the callback for when the outgoing queue, once half full, is empty again. */
  onDrain(callback: (() => unknown) | null | undefined): void;

  /** Path of the handshake: {@link path}. */
  getReqPath(): string;
  /** Headers of the handshake: {@link headers}. */
  getReqHeaders(): { readonly [name: string]: string | undefined };
  /** The raw query without `?`, or `""`. */
  getQueryString(): string;
  /** The client's address without port: {@link remoteAddress}. */
  getSrcAddress(): string;

  /**
   * Joins a topic; this lasts across reloads until {@link unsubscribe} or the end.
   * @returns false when the connection has ended
   * @throws RangeError if the name is too long or the connection has too many topics
   */
  subscribe(topic: string): boolean;
  /** Leaves a topic. */
  unsubscribe(topic: string): void;
  /**
   * Sends to everyone on the topic but this connection.
   * @returns how many connections took it
   */
  publish(topic: string, data: Message, options?: PublishOptions): number;

  /** Adds a listener, as browsers do. Several may listen to one event; they run after the `onX` callback. */
  addEventListener<K extends keyof WsEvents>(event: K, listener: (event: WsEvents[K]) => unknown): void;
  removeEventListener<K extends keyof WsEvents>(event: K, listener: (event: WsEvents[K]) => unknown): void;
  /** The same as {@link addEventListener}. */
  on<K extends keyof WsEvents>(event: K, listener: (event: WsEvents[K]) => unknown): void;
  /** The same as {@link removeEventListener}. */
  off<K extends keyof WsEvents>(event: K, listener: (event: WsEvents[K]) => unknown): void;

  onopen: ((event: WsEvents["open"]) => unknown) | null | undefined;
  onmessage: ((event: WsEvents["message"]) => unknown) | null | undefined;
  onclose: ((event: WsEvents["close"]) => unknown) | null | undefined;
  onerror: ((event: WsEvents["error"]) => unknown) | null | undefined;
  ondrain: ((event: WsEvents["drain"]) => unknown) | null | undefined;
}

/** The event objects of listeners. */
interface WsEvents {
  /** Once the route function has returned. */
  open: WsEvent<"open">;
  /** A text or a binary message. */
  message: WsEvent<"message"> & { data: any };
  close: WsEvent<"close"> & { code: number; reason: string; wasClean: boolean };
  error: WsEvent<"error"> & { message: string };
  drain: WsEvent<"drain">;
}

interface WsEvent<Type extends string = string> {
  type: Type;
  target: WsConn;
}

// --- HTTP -------------------------------------------------------------------------------------------------------------

/**
 * A request, made by the server and given to handlers and guards: a {@link Request} that knows more. What is wrong with its
 * body is the client's mistake: uncaught in a handler, it is answered with 400, 408 (it did not arrive) or 413 (too large).
 */
declare class HttpReq extends Request {
  private constructor();
  /** Path of the URL, decoded: `/notes/notes/milk`. */
  readonly path: string;
  /** Path parameters: for the path `/items/:id`, `params.id`. As query and cookies, in an operation of a contract what that declares is typed. */
  readonly params: { readonly [name: string]: string };
  /** Query; of a repeated name the last value. */
  readonly query: { readonly [name: string]: string | undefined };
  readonly cookies: { readonly [name: string]: string | undefined };
  /** The client's address without port. */
  readonly remoteAddress: string;
  /** Undefined until a guard sets it. */
  user: any;
  /**
   * The parts of the request that the annotation has a schema for, as that says they are; else undefined. In an operation of the
   * app's contract (`openapi.yaml`) `{ params, query, headers, cookies, body }`: what it declares, typed and with defaults.
   */
  valid: any;
  /**
   * The form of the body, as `formData()`, but files of a large one are kept on disk, however large: read them with
   * `file.stream()`, or `file.slice(a, b)`. They are removed when the request has been answered; `saveTo` keeps one.
   */
  form(): Promise<UploadedForm>;
  /**
   * Has a cookie go out with the answer, whatever that is. It is for the whole host, HttpOnly, SameSite=Lax and, over https,
   * Secure, unless the options say otherwise. What no cookie may hold is percent-encoded, as `cookies` reads it.
   */
  setCookie(name: string, value: string | number | boolean, options?: CookieOptions): void;
  /** Has the browser forget a cookie: with the path and domain that it was set with. */
  deleteCookie(name: string, options?: CookieOptions): void;
  /** The value of a cookie that was set with one of the secrets; undefined for one that is missing or was changed. */
  signedCookie(name: string, secrets: string | readonly string[]): string | undefined;
}

/** A form of {@link HttpReq.form}. */
interface UploadedForm extends FormData {
  get(name: string): UploadedFile | string | null;
  getAll(name: string): (UploadedFile | string)[];
}

/** A file of such a form. */
interface UploadedFile extends File {
  /**
   * Saves it in the app's folder of files (`files/<app>` in the server's data folder), whatever its size. The path is within that
   * folder: take it from what you know, not from the name that the client gave. Folders are made; a file that was there is replaced
   * when this one is whole.
   */
  saveTo(path: string): Promise<void>;
}

/** The attributes of a cookie (RFC 6265bis). */
interface CookieOptions {
  /** Default "/". */
  path?: string;
  /** Also for the hosts below this one; without it for the host that sets it only. */
  domain?: string;
  /** How long it is kept, in whole seconds, at most 400 days; 0 removes it. Without it or `expires` it ends with the browser. */
  maxAge?: number;
  /** Until when it is kept. */
  expires?: Date | number;
  /** Out of reach of scripts in the page. Default true. */
  httpOnly?: boolean;
  /** Sent over https only. Default: when the request came over https; always with a name `__Secure-...` or `__Host-...`. */
  secure?: boolean;
  /** Whether requests from other sites carry it. Default "lax"; "none" makes it secure. */
  sameSite?: "strict" | "lax" | "none";
  /** One for each site that embeds this one; makes it secure. */
  partitioned?: boolean;
  /** Signs the value (HMAC-SHA-256): at least 16 characters that nobody can guess. See {@link HttpReq.signedCookie}. */
  secret?: string;
}

/** The text of a `Set-Cookie` header, for a `Response` of one's own; `HttpReq.setCookie` is shorter. Not `secure` unless told. */
declare function setCookie(name: string, value: string | number | boolean, options?: CookieOptions): string;

/** 201, with what was created. */
declare function created(value?: Answer, headers?: HeadersInit): Response;
/** 202: will be done. */
declare function accepted(value?: Answer, headers?: HeadersInit): Response;
/** 204: done, nothing to say. */
declare function noContent(): Response;
/** 400; the text says what was wrong. */
declare function badRequest(value?: Answer, headers?: HeadersInit): Response;
/** 401: who are you? */
declare function unauthorized(value?: Answer, headers?: HeadersInit): Response;
/** 403: not you. */
declare function forbidden(value?: Answer, headers?: HeadersInit): Response;
/** 404 */
declare function notFound(value?: Answer, headers?: HeadersInit): Response;
/** 409: not as things are. */
declare function conflict(value?: Answer, headers?: HeadersInit): Response;
/** 302, or another redirection. */
declare function redirect(url: string | URL, status?: 301 | 302 | 303 | 307 | 308): Response;

// --- annotations: TC39 decorators, in plain JavaScript too --------------------------------------------------------------

/** The context of a method the server can call: neither static nor #private. */
type MethodContext<This, Method extends (...args: any) => any> =
  ClassMethodDecoratorContext<This, Method & ((this: This, ...args: any) => any)> & { readonly static: false; readonly private: false; readonly name: string };

/** An annotation of methods of a certain kind. */
type MethodAnnotation<Handler extends (...args: any) => any> =
  <This, Method extends Handler>(method: Method, context: MethodContext<This, Method>) => void;

/** The method of a `@Websocket` route: called once for every connection, and again after a reload. */
type SocketHandler = (this: any, ws: WsConn) => unknown;
/** The method of an HTTP route. */
type HttpHandler = (this: any, req: HttpReq) => Awaitable<Answer>;

/**
 * Decides before a route. Nothing or `true` lets pass, `false` answers with 403, anything else is the answer.
 * What it leaves in `req.user` is there as `req.user` and `ws.user`. `this` is the app.
 */
interface GuardFunction {
  (this: any, req: HttpReq): Awaitable<Answer>;
  /**
   * What it wants of requests, for the documents (`/<app>/api`, `/<app>/asyncapi`, `/<app>/doc`): security schemes by names of your
   * own, any of which is enough. What several guards of a route want is wanted together. Nothing is checked by it.
   */
  security?: Record<string, SecurityScheme>;
}

/** A security scheme as OpenAPI 3.1 has it, with the `scopes` that the guard wants of it. */
interface SecurityScheme {
  type: "http" | "apiKey" | "oauth2" | "openIdConnect" | "mutualTLS" | (string & {});
  description?: string;
  /** Of `http`: `"bearer"`, `"basic"` ... */
  scheme?: string;
  bearerFormat?: string;
  /** Of `apiKey`: `"header"`, `"query"` or `"cookie"`, and what it is called there. */
  in?: string;
  name?: string;
  /** Of `oauth2`. */
  flows?: object;
  openIdConnectUrl?: string;
  scopes?: string[];
}

/** What the AsyncAPI document (`/<app>/asyncapi`) says of a WebSocket. Messages are not checked against it. */
interface SocketTold {
  summary?: string;
  description?: string;
  /** What clients send: a schema, or one for each kind of message. */
  receives?: RequestSchema | readonly RequestSchema[];
  /** What the app sends. */
  sends?: RequestSchema | readonly RequestSchema[];
}

interface WebsocketOptions extends SocketTold {
  /** Path below the app: `"/rooms/:name"`. The method's name if left out; `index` is `/`. */
  path?: string;
  /**
   * The name of a listener of the app's own, on which alone the route answers, from `/` on: the operator says where that is,
   * with `mounts.<app>.listeners.<name>` in `sigil.yaml`. Until then it answers nowhere. Left out: wherever the app is.
   */
  listener?: string;
  /** Subprotocols the route speaks, best first. */
  protocols?: string | string[];
  /** Origins of pages that may connect, beside the server's own: `"https://example.com"`, or `"*"`. */
  origins?: string | string[];
  /** Narrower limits than the server's. */
  limits?: WebsocketLimits;
  /**
   * Compress messages for clients that offer it (RFC 7692). Default: false. `true`: messages of 256 bytes and more, each by
   * itself, so that an idle connection keeps nothing. `contextTakeover` lets messages refer to earlier ones: small similar
   * messages become much smaller, for up to 40 KiB of memory a connection. `level` is 1 (fast, the default) to 9 (small).
   */
  compress?: boolean | { contextTakeover?: boolean; minBytes?: number; level?: number };
  /**
   * What a reload does to open connections: `"reattach"` (default) gives them to the new code, `"restart"` closes
   * them with 1012, `"drain"` leaves them on the code they began with.
   */
  reload?: "reattach" | "restart" | "drain";
  guard?: GuardFunction | GuardFunction[];
}

/** What connections may take. Narrower limits than the server's count, wider ones do not. A time is a text such as `"30s"`, or milliseconds. */
interface WebsocketLimits {
  /** Largest message in bytes, after inflating; beyond it close 1009. */
  messageBytes?: number;
  /** Most frames of one message; beyond it close 1008. */
  fragments?: number;
  /** Most bytes that wait for a peer that reads slowly; beyond it `overflow` acts. */
  queueBytes?: number;
  /** `"close"` with 1013, drop what waits longest, or drop what would not fit. In the last case `send` returns false. */
  overflow?: "close" | "drop-oldest" | "drop-newest";
  /** Most messages kept while a handler is busy; then the peer has to wait. */
  backlogMessages?: number;
  /** Most bytes of them. */
  backlogBytes?: number;
  /** Most messages read from one connection in a second; beyond it `rateExceeded` acts. */
  messagesPerSecond?: number;
  /** `"wait"` leaves the rest unread until the second is over, `"close"` ends the connection with 1008. */
  rateExceeded?: "wait" | "close";
  /** What the kernel takes for a peer that does not read, beside the queue. */
  sendBufferBytes?: number;
  /** Silence after which the peer is pinged. */
  pingAfter?: number | string;
  /** How long it may go on then, before it is cut; `onClose` gets 1006. */
  pongWithin?: number | string;
  /** How long a peer may take nothing of what is sent, before it is cut. */
  writeStall?: number | string;
  /** How long a close may stay unanswered, before the connection is cut. */
  closeWithin?: number | string;
  /** How long there may be no message either way; then close 1001. */
  messageIdle?: number | string;
}

/** Limits of a whole app. */
interface ApiLimits extends WebsocketLimits {
  /** Most connections open at once; beyond it 503. */
  connections?: number;
  /** Most bytes of a request's body; beyond it 413. */
  bodyBytes?: number;
  /** How long a handler may take until it answers; then 503. */
  responseTime?: number | string;
}

/**
 * A JSON Schema (draft 2020-12), a Standard Schema as zod and valibot make them, a class marked {@link Schema}, or `[Item]`: a list of
 * those. Classes may stand within a JSON Schema: `{ properties: { items: [Item] } }`.
 */
type RequestSchema = { readonly "~standard": { readonly validate: (value: any) => any } } | { readonly [keyword: string]: any }
  | (abstract new (...args: any) => any) | readonly [RequestSchema];

/** What a member of a schema class is: the name of a type, or whatever is taken for a schema. `String`, `Number`, `Boolean` and `Date` are known. */
type MemberSchema = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null" | RequestSchema;

type SchemaMemberContext<This, Value> = ClassFieldDecoratorContext<This, Value> | ClassAccessorDecoratorContext<This, Value> | ClassGetterDecoratorContext<This, Value>;

interface SchemaMemberAnnotation {
  <This, Value>(value: any, context: SchemaMemberContext<This, Value>): void;
}

interface SchemaAnnotation extends SchemaMemberAnnotation {
  <Class extends abstract new (...args: any) => object>(value: Class, context: ClassDecoratorContext<Class>): void;
}

/**
 * On a class: its fields are the members of a JSON Schema, which the class stands for wherever a schema is taken. What a field is is
 * read from its TypeScript type, from what it begins as (which is its default, too), and from what `@Schema` on the field says;
 * what it means from the comment above it. On a class it takes keywords such as `additionalProperties`, on a field a schema:
 * `@Schema("integer")`, `@Schema({ minimum: 1 })`, `@Schema([Item])`. Requests that fit come as plain objects.
 */
declare function Schema<Class extends abstract new (...args: any) => object>(value: Class, context: ClassDecoratorContext<Class>): void;
declare function Schema<This, Value>(value: any, context: SchemaMemberContext<This, Value>): void;
declare function Schema(says?: MemberSchema): SchemaAnnotation;

/** Marks a field of a schema class that has to be there; it may say what it is, as {@link Schema} does. */
declare function Required<This, Value>(value: any, context: SchemaMemberContext<This, Value>): void;
declare function Required(says?: MemberSchema): SchemaMemberAnnotation;

/** Leaves a field out of the schema of its class. In requests it is passed over. */
declare function Ignore<This, Value>(value: any, context: SchemaMemberContext<This, Value>): void;
declare function Ignore(): SchemaMemberAnnotation;

interface HttpOptions {
  /** What path parameters, query, headers, cookies and a JSON body have to be. What fits is in {@link HttpReq.valid}; the rest is a 400. */
  params?: RequestSchema;
  query?: RequestSchema;
  headers?: RequestSchema;
  cookies?: RequestSchema;
  body?: RequestSchema;
  /** The status of a success, for the documents. Default: 200. */
  status?: number;
  /** What a success holds. In development an answer that breaks it is logged, and has the header `X-Contract-Violation`. */
  response?: RequestSchema;
  /** Path below the app: `"/items/:id"`. The method's name if left out; `index` is `/`. */
  path?: string;
  /**
   * The name of a listener of the app's own, on which alone the route answers, from `/` on: the operator says where that is,
   * with `mounts.<app>.listeners.<name>` in `sigil.yaml`. Until then it answers nowhere. Left out: wherever the app is.
   */
  listener?: string;
  /** For the documents; if left out, the first sentence of the comment above the method. */
  summary?: string;
  /** For the documents; if left out, the rest of that comment. */
  description?: string;
  guard?: GuardFunction | GuardFunction[];
}

interface ApiOptions {
  version?: string;
  title?: string;
  description?: string;
  contact?: { name?: string; url?: string; email?: string };
  license?: { name: string; url?: string };
  servers?: { url: string; description?: string }[];
  /** Narrower limits than the server's, for all routes of the app. */
  limits?: ApiLimits;
  /**
   * On how many threads the app runs at most. `"auto"`: on as many as there are processor cores if it keeps no state of its
   * own, else on one; the log says which and why. A number: so many, each with its own fields and module variables.
   * `"connection"`: each connection gets one of its own, as long as there are any.
   */
  workers?: "auto" | "connection" | number;
  /**
   * Unload the app when it has been idle for about this long (`"10m"`), while its sockets stay open: the next message,
   * request, connection or schedule loads it again. Fields of the class start afresh then; `ws.state`, topics and sessions stay. An app
   * is not idle while a timer or a call is pending, or a connection of a `@Websocket` method is open.
   */
  hibernate?: string | number;
  /** `"public"`: every method of the class's own is an HTTP route, those beginning with `_` left out. */
  expose?: "public";
}

/** When a method runs: `every` so often, or by `cron`. */
type ScheduledOptions = (ScheduledEvery | ScheduledCron) & {
  /** Each run is later by up to this much, at random: `"30s"` or milliseconds. */
  jitter?: string | number;
  /** Whether a run may begin while the one before has not ended. Default: that turn is left out. */
  overlap?: boolean;
  desc?: string;
};

interface ScheduledEvery {
  /** `"30s"`, `"15m"`, `"1h30m"`, or a number of milliseconds. */
  every: string | number;
  cron?: undefined;
}

interface ScheduledCron {
  /** Minute, hour, day of the month, month, weekday: `"0 9 * * 1-5"`; with six fields the first is seconds. Or `"@daily"` and the like. */
  cron: string;
  every?: undefined;
  /** The place whose clock counts, such as `"Europe/Berlin"`; default: the server's. A time that the clock skips is due right after, one that comes twice once. */
  tz?: string;
  /** What becomes of turns that came while the server did not run: `"skip"` (default), or `"run"`: once, at the start. */
  missed?: "skip" | "run";
}

/** Marks the app's class and says what its documentation shows. */
declare function Api<Class extends abstract new (...args: any) => object>(value: Class, context: ClassDecoratorContext<Class>): void;
declare function Api(options?: ApiOptions): <Class extends abstract new (...args: any) => object>(value: Class, context: ClassDecoratorContext<Class>) => void;

/** A WebSocket route: bare (the path is the method's name), with a path, or with options. */
declare function Websocket<This, Method extends SocketHandler>(method: Method, context: MethodContext<This, Method>): void;
declare function Websocket(path: string): MethodAnnotation<SocketHandler>;
declare function Websocket(options?: WebsocketOptions): MethodAnnotation<SocketHandler>;

/** How an HTTP route is declared: bare (the path is the method's name), with a path, or with options. */
interface HttpAnnotation {
  <This, Method extends HttpHandler>(method: Method, context: MethodContext<This, Method>): void;
  (path: string): MethodAnnotation<HttpHandler>;
  (options?: HttpOptions): MethodAnnotation<HttpHandler>;
}

/** An HTTP route for GET, and for HEAD if none is declared: `@Get`, `@Get("/items/:id")` or `@Get({ path, summary })`. */
declare const Get: HttpAnnotation;
/** An HTTP route for POST: `@Post`, `@Post("/items")` or `@Post({ path, summary })`. */
declare const Post: HttpAnnotation;
/** An HTTP route for PUT: `@Put`, `@Put("/items/:id")` or `@Put({ path, summary })`. */
declare const Put: HttpAnnotation;
/** An HTTP route for PATCH: `@Patch`, `@Patch("/items/:id")` or `@Patch({ path, summary })`. */
declare const Patch: HttpAnnotation;
/** An HTTP route for DELETE: `@Delete`, `@Delete("/items/:id")` or `@Delete({ path, summary })`. */
declare const Delete: HttpAnnotation;
/** An HTTP route for HEAD: `@Head`, `@Head("/items/:id")` or `@Head({ path, summary })`. */
declare const Head: HttpAnnotation;
/** An HTTP route for any verb: `@Http`, `@Http("/items/:id")` or `@Http({ path, summary })`. */
declare const Http: HttpAnnotation;

/** Calls the method again and again, for the first time when `every` has passed, or by the clock. */
declare function Scheduled(options: ScheduledOptions): MethodAnnotation<(this: any) => unknown>;

/** Calls the method once after loading, before anything else reaches the app; waits for its promise, 10 s at most. */
declare function OnStart<This, Method extends (this: any) => unknown>(method: Method, context: MethodContext<This, Method>): void;
declare function OnStart(): MethodAnnotation<(this: any) => unknown>;

/** Why an app's code is put away. */
type StopReason = "reload" | "removed" | "shutdown" | "hibernate";

/** Calls the method before the code is put away, and says why. */
declare function OnStop<This, Method extends (this: any, reason: StopReason) => unknown>(method: Method, context: MethodContext<This, Method>): void;
declare function OnStop(): MethodAnnotation<(this: any, reason: StopReason) => unknown>;

/** Runs guards before one route, or before all routes of the class; in order, until one answers. */
declare function Guard(...guards: [GuardFunction, ...GuardFunction[]]): GuardAnnotation;
/**
 * The method decides for security schemes of the app's contract (`openapi.yaml`): it is asked when a request to an operation
 * that demands the scheme has credentials of it. Nothing or `true` lets in, `false` is a 401, another answer is the answer. It may
 * set `req.user`. A request without credentials is answered with 401 without it. See `docs/contracts.md`.
 */
declare function Guard(...schemes: [string, ...string[]]): MethodAnnotation<(this: any, req: HttpReq, demand: SecurityDemand) => Awaitable<void | undefined | boolean | Answer>>;

/** What an operation of the contract demands, and what the request has of it. */
interface SecurityDemand {
  /** The name in `components.securitySchemes`. */
  readonly scheme: string;
  readonly scopes: string[];
  /** The token or key; of basic authentication `{ user, password }`; of mutual TLS `true`. */
  readonly credential: any;
}

interface SseOptions extends HttpOptions {
  limits?: {
    /** Most bytes that wait for a client that reads slowly; beyond it `overflow` acts. */
    queueBytes?: number;
    /** `"close"` the stream, so that the client comes again, or drop what waits longest. */
    overflow?: "close" | "drop-oldest";
  };
}

/** What `send` may be told of an event beside its data. */
interface SseFields {
  /** The event's name: what a page listens for with `addEventListener`. `"message"` if left out. */
  event?: string;
  /** What the client says as `Last-Event-ID` when it connects again. */
  id?: string | number;
  /** After how many milliseconds the client connects again. */
  retry?: number;
}

/** An event: a text as it is, an object of `data` and at most `event`, `id` and `retry`, or anything else as JSON. */
type SseEvent = string | number | boolean | null | (SseFields & { data: unknown }) | JsonObject;

/**
 * A stream of server-sent events, made by the server and given to an `@Sse` method. It belongs to the code it was opened
 * under: at a reload it ends, and the page's EventSource connects again by itself.
 */
declare class EventStream {
  private constructor();
  /** The id of the last event the client has seen, if it connects again; else `""`. */
  readonly lastEventId: string;
  /** Resolves when the stream has ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly ended: boolean;
  /** Bytes that were accepted for sending and have not gone out yet. */
  readonly bufferedAmount: number;
  /**
   * Queues an event and returns at once.
   * @returns false when the stream has ended, or its queue is full (then it ends)
   * @throws TypeError if data has no JSON form, or a field has a line break in it
   */
  send(data: SseEvent, fields?: SseFields): boolean;
  /** Queues a comment, which pages do not see. */
  comment(text?: string): boolean;
  /** Resolves when nothing waits to be sent, or the stream has ended. */
  drained(): Promise<void>;
  /** Ends the stream after what was sent before. A page's EventSource connects again: answer 204 to make it stop. */
  close(): void;
}

/** The method of an `@Sse` route: a generator of events, or one that keeps the stream to send to. */
type SseHandler = (this: any, req: HttpReq, stream: EventStream) => AsyncIterable<SseEvent | undefined> | Iterable<SseEvent | undefined> | Awaitable<void | Response>;

/**
 * A stream of server-sent events at a GET route. A generator's events are sent as fast as the client reads; other methods
 * send to the stream they are given, until they or the client close it. A Response that is returned or thrown before
 * anything is waited for is answered instead.
 */
declare function Sse<This, Method extends SseHandler>(method: Method, context: MethodContext<This, Method>): void;
declare function Sse(path: string): MethodAnnotation<SseHandler>;
declare function Sse(options?: SseOptions): MethodAnnotation<SseHandler>;

interface CorsOptions {
  /** Pages that may read the answers: `"https://example.com"`, `"https://*.example.com"`, or `"*"` for any. */
  origins: string | readonly string[];
  /** Methods they may use; those that the path takes if left out. */
  methods?: string | readonly string[];
  /** Headers they may send; those they ask for if left out. */
  headers?: string | readonly string[];
  /** Headers of the answer that they may read beside the usual ones. */
  expose?: string | readonly string[];
  /** Cookies may be sent along. Never with the origin `"*"`. Default: false. */
  credentials?: boolean;
  /** For how many seconds a browser may remember the answer to its question; at most 86400. */
  maxAge?: number;
}

/**
 * Lets pages of other origins read the answers of a route, or, on the class, of all of the app's HTTP routes and files.
 * Without it browsers let none. What stands on a method counts instead of what stands on the class. Questions of browsers
 * (preflights) are answered by the server, before guards; errors carry the headers too.
 */
declare function Cors(origins: string | readonly string[]): GuardAnnotation;
declare function Cors(options: CorsOptions): GuardAnnotation;

interface GuardAnnotation {
  <Class extends abstract new (...args: any) => object>(value: Class, context: ClassDecoratorContext<Class>): void;
  <This, Method extends (...args: any) => any>(method: Method, context: MethodContext<This, Method>): void;
}

// --- time -------------------------------------------------------------------------------------------------------------

/** Calls back once, after at least `delay` milliseconds. Of older code only what calls in flight wait for goes on after a reload. */
declare function setTimeout<Args extends unknown[]>(callback: (...args: Args) => unknown, delay?: number, ...args: Args): number;
declare function setTimeout(callback: (nothing: void) => unknown, delay?: number): number; // new Promise((resolve) => setTimeout(resolve, 100))
/** Calls back every `delay` milliseconds. Stops at a reload: the new code starts its own. */
declare function setInterval<Args extends unknown[]>(callback: (...args: Args) => unknown, delay?: number, ...args: Args): number;
declare function clearTimeout(id: number | null | undefined): void;
declare function clearInterval(id: number | null | undefined): void;
/** Calls back once the code that runs now is done, before anything else. */
declare function queueMicrotask(callback: () => unknown): void;

// --- the same by import -----------------------------------------------------------------------------------------------

declare module "sigil" {
  export import AppBase = globalThis.AppBase;
  export import WsConn = globalThis.WsConn;
  export import HttpReq = globalThis.HttpReq;
  export const Headers: typeof globalThis.Headers;
  export type Headers = globalThis.Headers;
  export const Request: typeof globalThis.Request;
  export type Request = globalThis.Request;
  export const Response: typeof globalThis.Response;
  export type Response = globalThis.Response;

  export import Api = globalThis.Api;
  export import Websocket = globalThis.Websocket;
  export import Get = globalThis.Get;
  export import Post = globalThis.Post;
  export import Put = globalThis.Put;
  export import Patch = globalThis.Patch;
  export import Delete = globalThis.Delete;
  export import Head = globalThis.Head;
  export import Http = globalThis.Http;
  export import Scheduled = globalThis.Scheduled;
  export import OnStart = globalThis.OnStart;
  export import OnStop = globalThis.OnStop;
  export import Observes = globalThis.Observes;
  export import Listener = globalThis.Listener;
  export import Guard = globalThis.Guard;
  export import Schema = globalThis.Schema;
  export import Required = globalThis.Required;
  export import Ignore = globalThis.Ignore;
  export import Cors = globalThis.Cors;
  export import Sse = globalThis.Sse;
  export import EventStream = globalThis.EventStream;

  export import created = globalThis.created;
  export import accepted = globalThis.accepted;
  export import noContent = globalThis.noContent;
  export import badRequest = globalThis.badRequest;
  export import unauthorized = globalThis.unauthorized;
  export import forbidden = globalThis.forbidden;
  export import notFound = globalThis.notFound;
  export import conflict = globalThis.conflict;
  export import redirect = globalThis.redirect;
  export import setCookie = globalThis.setCookie;
  export import Topic = globalThis.Topic;
  export import Rpc = globalThis.Rpc;
  export import RpcError = globalThis.RpcError;
  export import Realtime = globalThis.Realtime;
  export import OnConnect = globalThis.OnConnect;
  export import OnMessage = globalThis.OnMessage;
  export import OnBinary = globalThis.OnBinary;
  export import OnDisconnect = globalThis.OnDisconnect;
  export import OnJoin = globalThis.OnJoin;
  export import OnLeave = globalThis.OnLeave;
  export import upgradeWebSocket = globalThis.upgradeWebSocket;
  export import Shared = globalThis.Shared;
  export import SharedCounter = globalThis.SharedCounter;
  export import SharedMap = globalThis.SharedMap;
  export import SharedList = globalThis.SharedList;
  export import Lock = globalThis.Lock;
  export import Shareable = globalThis.Shareable;

  export import Answer = globalThis.Answer;
  export import ApiLimits = globalThis.ApiLimits;
  export import ApiOptions = globalThis.ApiOptions;
  export import Bytes = globalThis.Bytes;
  export import ConnectionCriteria = globalThis.ConnectionCriteria;
  export import Connections = globalThis.Connections;
  export import FetchApp = globalThis.FetchApp;
  export import FetchContext = globalThis.FetchContext;
  export import FetchEnv = globalThis.FetchEnv;
  export import GuardFunction = globalThis.GuardFunction;
  export import SecurityScheme = globalThis.SecurityScheme;
  export import SecurityDemand = globalThis.SecurityDemand;
  export import HeadersInit = globalThis.HeadersInit;
  export import HttpHandler = globalThis.HttpHandler;
  export import HttpOptions = globalThis.HttpOptions;
  export import Log = globalThis.Log;
  export import Message = globalThis.Message;
  export import ResponseInit = globalThis.ResponseInit;
  export import ScheduledOptions = globalThis.ScheduledOptions;
  export import SocketHandler = globalThis.SocketHandler;
  export import StopReason = globalThis.StopReason;
  export import UpgradeEvents = globalThis.UpgradeEvents;
  export import WebsocketLimits = globalThis.WebsocketLimits;
  export import WebsocketOptions = globalThis.WebsocketOptions;
  export import WsEvent = globalThis.WsEvent;
  export import WsEvents = globalThis.WsEvents;
}
