/** Where a topic stands. */
export interface Position {
  epoch: string;
  offset: number;
}

/** The methods of an app's class that are called over the connection, as promises. */
export type Remote<Rpc> = {
  readonly [K in keyof Rpc]: Rpc[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/** What an app offers, for `connect<App>`: `sigil types --client` writes it. */
export interface Contract {
  /** Methods marked `@Rpc`. */
  rpc?: object;
  /** What is published, by the topic's name or pattern. */
  topics?: { [topic: string]: any };
  /** "GET /board/items/${string}" and its like. */
  routes?: string;
}

type Topics<App extends Contract> = App["topics"] extends object ? NonNullable<App["topics"]> : { [topic: string]: any };
/** Names of topics that the app declares; any text when the contract says nothing. */
type TopicOf<App extends Contract> = keyof Topics<App> & string;
type DataOf<App extends Contract, T> = T extends keyof Topics<App> ? Topics<App>[T] : any;

export interface SocketOptions {
  /** The class to use where there is no global one, such as that of `ws` in Node 20. */
  WebSocket?: new (url: string, protocols?: string | string[]) => any;
  protocols?: string | string[];
  /** The shortest and the longest wait before the next try, in milliseconds; 300 and 30,000. */
  minDelay?: number;
  maxDelay?: number;
  /** Whether to come back after a close; not after 1000, 1003, 1008, 1009 and 4409 if left out. */
  retry?(code: number, reason: string): boolean;
  /** Whether to connect by plain HTTP where WebSockets do not open; true. */
  fallback?: boolean;
}

export interface CloseInfo {
  code: number;
  reason: string;
  /** Whether it does not come back. */
  final: boolean;
}

export type State = "connecting" | "open" | "waiting" | "closed";

declare class Emitter<Events> {
  /** @returns a function that takes the listener off again */
  on<E extends keyof Events>(event: E, listener: Events[E]): () => void;
}

/** A WebSocket that comes back, for any `@Websocket` route. What is sent meanwhile waits, up to 1,000 messages. */
export class Socket extends Emitter<{
  open(): void;
  message(data: string | ArrayBuffer): void;
  close(info: CloseInfo): void;
  state(state: State): void;
  /** The page or the network is there again while the connection seems open. */
  wake(): void;
}> {
  constructor(url: string | (() => string), options?: SocketOptions);
  readonly state: State;
  readonly bufferedAmount: number;
  /** False when it is closed, or too much waits already. */
  send(data: string | ArrayBuffer | ArrayBufferView): boolean;
  close(code?: number, reason?: string): void;
  /** Tries again at once. */
  reconnect(): void;
}

export interface CallOptions {
  /** In milliseconds; 30,000 if left out, 0 for none. */
  timeout?: number;
  signal?: AbortSignal;
  /** Send it again when the connection was lost before the answer: for calls that may be made twice. */
  again?: boolean;
}

export interface Publication<D = any> extends Position {
  /** Milliseconds since 1970. */
  time: number;
  data: D;
}

/** Who is in a topic: a user with all its connections, or one session. */
export interface Member {
  id: string;
  user?: any;
  connections: number;
  /** Milliseconds since 1970. */
  since: number;
}

export interface SubscribeOptions {
  /** A position to go on from, kept from another time. */
  since?: Position;
  /** Follow who is there, too. */
  presence?: boolean;
}

/** One topic of a client. Several of one topic share one subscription of the connection. */
export class Subscription<D = any> extends Emitter<{
  /** In order, each once. */
  message(data: D, info: { offset?: number }): void;
  /** Publications between `from` and the next one are lost: fetch what you show anew. */
  lost(info: { from?: Position }): void;
  /** The server has it: what is published from now on comes. Again after each connection. */
  subscribed(): void;
  /** The app has taken it off; it is asked for again with the next connection. */
  unsubscribed(): void;
  /** With `presence`: all who are there, whenever that changes. */
  presence(members: Member[]): void;
  join(member: Member): void;
  leave(member: Member): void;
  /** The app refuses the subscription. Without a listener it is written to the console. */
  error(error: RpcError): void;
}> {
  readonly topic: string;
  /** Of what was received last; undefined for a topic without history. */
  readonly position: Position | undefined;
  publish(data: D, options?: CallOptions & { key?: string }): Promise<Position & { duplicate?: true }>;
  history(limit?: number): Promise<Publication<D>[]>;
  /** Who is there, as far as known; empty without `presence`. */
  readonly members: Member[];
  presence(): Promise<{ count: number; members: Member[] }>;
  unsubscribe(): void;
}

/** A connection to an app's topics and calls that survives cuts, reloads and restarts. */
export class Client<App extends Contract = Contract> extends Emitter<{
  open(info: { resumed: boolean }): void;
  close(info: CloseInfo): void;
  state(state: State): void;
  /** To this client alone, or to all. */
  message(data: any): void;
  error(error: RpcError): void;
}> {
  constructor(url: string | (() => string), options?: ClientOptions);
  readonly state: State;
  /** A secret with which another client can take the session up. */
  readonly session: string | undefined;
  readonly id: string | undefined;
  readonly rpc: Remote<App["rpc"] extends object ? App["rpc"] : Record<string, (...args: any[]) => any>>;
  /** Follows a topic: each publication's data, in order, each once; see "lost" for when that cannot be. */
  subscribe<T extends TopicOf<App>>(topic: T, listener?: (data: DataOf<App, T>, info: { offset?: number }) => void, options?: SubscribeOptions): Subscription<DataOf<App, T>>;
  /** Sent again until it is answered, and never published twice. */
  publish<T extends TopicOf<App>>(topic: T, data: DataOf<App, T>, options?: CallOptions & { key?: string }): Promise<Position & { duplicate?: true }>;
  history<T extends TopicOf<App>>(topic: T, limit?: number): Promise<Publication<DataOf<App, T>>[]>;
  presence(topic: string): Promise<{ count: number; members: Member[] }>;
  /** Calls an `@Rpc` method with a list of arguments, or one object. Rejects with RpcError, ConnectionLost, TimeoutError or the signal's reason. */
  call(method: string, params?: unknown[] | object, options?: CallOptions): Promise<any>;
  /** Ends it for good, with the session. */
  close(): void;
  /** Tries again at once. */
  reconnect(): void;
}

export interface ClientOptions extends SocketOptions {
  /** A session to take up. */
  session?: string;
  /** After this long a silence the server is asked for a sign of life, in milliseconds; 25,000. */
  heartbeat?: number;
  /** For requests that do not say; 30,000. */
  timeout?: number;
}

/** The app answered with an error; `code` as in docs/protocol.md. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: any;
}

/** The connection was lost before the answer: the call may or may not have been made. */
export class ConnectionLost extends Error {}

/** Connects to an app's realtime endpoint: `connect("/chat/live")`. */
export function connect<App extends Contract = Contract>(url: string | (() => string), options?: ClientOptions): Client<App>;
