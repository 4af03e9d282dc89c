// --- connections and users ----------------------------------------------------------------------------------------------

/** Which connections: all given members must hold. */
interface ConnectionCriteria {
  /** {@link WsConn.id} */
  id?: string;
  /** {@link WsConn.path} */
  path?: string;
  /** The user's `id` (or the user itself if it is no object), or some of the user's members. `undefined`: no user. */
  user?: unknown;
  /** Ids of users: one of them. An empty list means none. */
  users?: readonly unknown[];
  /** The user's `token`. */
  token?: string;
  /** Tokens: one of them. */
  tokens?: readonly string[];
  /** The user's `access`, such as `"public"`. */
  access?: string;
  /** A topic the connection is on. */
  topic?: string;
  /** Some of the members of {@link WsConn.state}. */
  state?: { readonly [name: string]: unknown };
}

/**
 * An app's open connections, on all its workers. Every call looks afresh; iterating sees a snapshot, so closing inside a loop is safe.
 * Of connections on other workers `user` is a copy and `state` a frozen one, a moment old; they send, close, subscribe and
 * publish, but take no callbacks.
 */
interface Connections extends Iterable<WsConn> {
  readonly size: number;
  count(which?: ConnectionCriteria | ((ws: WsConn) => unknown)): number;
  filter(which: ConnectionCriteria | ((ws: WsConn) => unknown)): WsConn[];
  find(which: ConnectionCriteria | ((ws: WsConn) => unknown)): WsConn | undefined;
  map<T>(fn: (ws: WsConn) => T): T[];
  forEach(fn: (ws: WsConn) => void): void;
  /**
   * Sends one message to those that are meant.
   * @returns how many took it
   * @throws TypeError if no criterion is given, which would mean everybody: use {@link AppBase.broadcast}
   */
  send(which: ConnectionCriteria | ((ws: WsConn) => unknown), data: Message): number;
  /**
   * Closes those that are meant, as {@link WsConn.close} does.
   * @returns how many there were
   * @throws TypeError if no criterion is given, which would mean everybody
   */
  close(which: ConnectionCriteria | ((ws: WsConn) => unknown), code?: number, reason?: string): number;
}

/** Narrows a user's connections: {@link ConnectionCriteria.tokens}, {@link ConnectionCriteria.access} and so on. */
type UserConnections = Omit<ConnectionCriteria, "user" | "users">;

/**
 * The users of the app's connections: whom a guard has put into `req.user`, an object with an `id` (and, where it matters,
 * `token` and `access`), or the id itself.
 */
interface Users extends Iterable<User> {
  /** How many users have a connection. */
  readonly size: number;
  has(id: unknown): boolean;
  /** The user, or undefined when it has no connection. */
  get(id: unknown): User | undefined;
  /**
   * Sends to all connections of a user, or of several.
   * @returns how many took it; 0 when the user has none
   */
  send(id: unknown, data: Message, which?: UserConnections): number;
  /** Closes them and returns how many there were. */
  close(id: unknown, code?: number, reason?: string, which?: UserConnections): number;
}

/** One user and its connections at the moment of each call. */
interface User {
  readonly id: any;
  /** What the guard left, of one of the connections. */
  readonly user: any;
  readonly connections: WsConn[];
  send(data: Message, which?: UserConnections): number;
  close(code?: number, reason?: string, which?: UserConnections): number;
}

// --- topics -------------------------------------------------------------------------------------------------------------

interface PublishOptions {
  /**
   * An idempotency key, at most 128 bytes: within 5 minutes a second publication to the topic with the same key is not
   * sent again.
   */
  key?: string;
}

/** Somebody on a topic that has `presence`: a user with all its connections, or a session or connection without a user. */
interface Member {
  /** The user's `id`; without a user the id of the session or connection. */
  id: any;
  /** {@link WsConn.user} of the first connection. */
  user: any;
  connections: number;
  /** When it came, in milliseconds since 1970. */
  since: number;
}

/** A message that a topic has kept. */
interface Publication {
  /** As it was published: a text, what the JSON says, or an ArrayBuffer. */
  data: any;
  /** Its place: offsets count from 1 in an epoch, which lasts until the topic was forgotten. */
  epoch: string;
  offset: number;
  /** When it was published, in milliseconds since 1970. */
  time: number;
}

interface TopicOptions {
  /** How many publications are kept for those who come back; 0 to 10,000. Default: 0. */
  history?: number;
  /** How long they are kept: `"10m"`, or milliseconds. Default: 10 minutes. */
  ttl?: string | number;
  /** Whether the topic knows who is on it: `this.presence(topic)`, {@link OnJoin}, {@link OnLeave}. Default: false. */
  presence?: boolean;
  /** How long a member whose last connection has ended is still there, so that a quick reconnect is no leaving. Default: 5 seconds. */
  grace?: string | number;
  /**
   * Whether clients may publish: `true` for subscribers of the topic, or a function that decides on every publication.
   * Default: false. The app itself always may.
   */
  publish?: boolean | ((this: any, ws: WsConn, topic: string, data: any) => unknown);
  /** What is published, for the AsyncAPI document; nothing is checked. */
  data?: RequestSchema;
  summary?: string;
  description?: string;
}

/**
 * Opens topics to clients of the realtime protocol (at `/<app>/live`), and says what they keep. A pattern may have
 * asterisks: `"room:*"`; the one with the longest text before its first asterisk counts. On a method, the method decides who
 * may subscribe: by returning something true, itself or as a promise. On the class, everybody may, unless `authorize`
 * decides.
 */
declare function Topic(pattern: string, options?: TopicOptions & { authorize?: boolean | ((this: any, ws: WsConn, topic: string) => unknown) }): TopicAnnotation;

interface TopicAnnotation {
  <Class extends abstract new (...args: any) => object>(value: Class, context: ClassDecoratorContext<Class>): void;
  <This, Method extends (this: any, ws: WsConn, topic: string) => unknown>(method: Method, context: MethodContext<This, Method>): void;
}

/** An annotation of handlers of coming and going. */
type MemberAnnotation = <This, Method extends (this: any, member: Member, topic: string) => unknown>(method: Method, context: MethodContext<This, Method>) => void;

/** Calls the method, once for the whole app, when somebody has come to a topic of the {@link Topic} with this pattern. */
declare function OnJoin(pattern: string): MemberAnnotation;
/** Calls the method, once for the whole app, when somebody has left: the last connection ended, and none came within the grace time. */
declare function OnLeave(pattern: string): MemberAnnotation;

// --- requests over the socket ----------------------------------------------------------------------------------------------

interface RpcOptions {
  /** The parameters, an object or a list, for the AsyncAPI document; nothing is checked. */
  params?: RequestSchema;
  /** What the answer holds, for the AsyncAPI document. */
  result?: RequestSchema;
  summary?: string;
  description?: string;
  /** The name clients call; the method's if left out. */
  name?: string;
  /** After this long the caller gets an error. Default: 30 seconds. */
  timeout?: string | number;
}

/**
 * A method that clients of the realtime protocol call: `@Rpc add(call, a, b) { return a + b; }`. Behind the
 * {@link RpcCall} come the positional parameters, or the one object of named ones. What it returns is the result. An
 * {@link RpcError} that it throws is the answer; of any other exception the caller gets only an id, which the log has too.
 */
declare function Rpc<This, Method extends (this: any, call: RpcCall, ...params: any[]) => unknown>(method: Method, context: MethodContext<This, Method>): void;
declare function Rpc(name: string): MethodAnnotation<(this: any, call: RpcCall, ...params: any[]) => unknown>;
declare function Rpc(options?: RpcOptions): MethodAnnotation<(this: any, call: RpcCall, ...params: any[]) => unknown>;

/** Who calls an {@link Rpc} method. */
interface RpcCall {
  readonly connection: WsConn;
  /** {@link WsConn.user} of the connection. */
  readonly user: any;
  /** Why nobody waits for the result any more; undefined while somebody does. */
  readonly cancelled: "cancelled" | "timeout" | "closed" | undefined;
  /** Calls back once when nobody waits any more; at once if that is so already. */
  onCancel(listener: (reason: "cancelled" | "timeout" | "closed") => unknown): void;
}

/** An error that callers of {@link Rpc} methods and would-be subscribers get as it is. */
declare class RpcError extends Error {
  /** @throws RangeError for a code of -32768 to -32000, which the protocol has reserved */
  constructor(code: number, message: string, data?: unknown);
  readonly code: number;
  readonly data: any;
}

interface RealtimeOptions extends Pick<WebsocketOptions, "protocols" | "origins" | "compress" | "guard" | keyof SocketTold> {
  /** Where the endpoint is below the app. Default: `"/live"`. */
  path?: string;
  limits?: Omit<WebsocketLimits, "overflow">;
  /** How long a client that lost its connection finds its topics and state again; 0 for not at all. Default: 2 minutes. */
  resume?: string | number;
}

/** Says where the realtime endpoint is and what it takes. It is there without this as soon as the class has a {@link Topic} or {@link Rpc}. */
declare function Realtime(options?: RealtimeOptions): <Class extends abstract new (...args: any) => object>(value: Class, context: ClassDecoratorContext<Class>) => void;

// --- event style ------------------------------------------------------------------------------------------------------------

/** What handlers of events get. */
interface SocketEvent<Type extends string = string> {
  readonly type: Type;
  /** {@link WsConn.id} */
  readonly connectionId: string;
  /** {@link WsConn.path} */
  readonly path: string;
  /** {@link WsConn.user} */
  readonly user: any;
  /** The connection; undefined once it has ended. */
  get connection(): WsConn | undefined;
}

interface SocketConnectEvent extends SocketEvent<"connect"> {
  /** The same as `connectionId`. */
  readonly id: string;
  readonly connection: WsConn;
  readonly remoteAddress: string;
  readonly protocol: string;
  readonly params: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string | undefined };
  readonly headers: { readonly [name: string]: string | undefined };
}

interface SocketMessageEvent extends SocketEvent<"message"> {
  readonly message: string;
}

interface SocketBinaryEvent extends SocketEvent<"binary"> {
  /** Yours. */
  readonly message: ArrayBuffer;
}

interface SocketDisconnectEvent extends SocketEvent<"disconnect"> {
  readonly connection: undefined;
  /** The peer's: 1005 if it gave none, 1006 if the connection was lost. */
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** An annotation of event handlers. */
interface EventAnnotation<Event, Told = {}> {
  <This, Method extends (this: any, event: Event) => unknown>(method: Method, context: MethodContext<This, Method>): void;
  (path: string): MethodAnnotation<(this: any, event: Event) => unknown>;
  (options?: { path?: string } & Told): MethodAnnotation<(this: any, event: Event) => unknown>;
}

interface ConnectOptions extends Pick<WebsocketOptions, "path" | "protocols" | "origins" | "limits" | "compress" | "guard" | keyof SocketTold> {}

interface ConnectAnnotation extends EventAnnotation<SocketConnectEvent> {
  (options?: ConnectOptions): MethodAnnotation<(this: any, event: SocketConnectEvent) => unknown>;
}

/**
 * Calls the method for every connection at `/<app>/ws`, or at the path given. All handlers of an event run, in the order
 * of declaration, and the connection's next event waits for their promises. Exceptions are logged; of `@OnConnect` they
 * close the connection with 1011. Nothing of a connection is kept in the script, so the app can be unloaded meanwhile:
 * see `hibernate` of {@link Api}.
 */
declare const OnConnect: ConnectAnnotation;
/** Calls the method for every text. */
declare const OnMessage: EventAnnotation<SocketMessageEvent, Pick<SocketTold, "receives">>;
/** Calls the method for every binary message. */
declare const OnBinary: EventAnnotation<SocketBinaryEvent>;
/** Calls the method when a connection has ended and is in no list any more. */
declare const OnDisconnect: EventAnnotation<SocketDisconnectEvent>;
