// --- fetch apps -------------------------------------------------------------------------------------------------------

/** What the `fetch` of a fetch app gets as its second argument; with Hono it is `c.env`. */
interface FetchEnv {
  /** What `this` is to the methods of an app class: topics, connections, log and the rest. */
  readonly app: AppBase;
  /** The app's name. */
  readonly name: string;
  /** 1 for the code the app was first loaded with, one more with each reload. */
  readonly generation: number;
  /** What the operator set for this app. */
  readonly config: Record<string, any>;
  /** The variables of the server's environment that the operator grants. Each is a member of this object, too: `c.env.MAIL_KEY`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The server's log. */
  readonly log: Log;
  /** The client's address without port. */
  readonly remoteAddress: string;
}

/** The third argument of `fetch`. */
interface FetchContext {
  /** Goes on after the answer; what it is rejected with is logged. */
  waitUntil(promise: unknown): void;
  /** Does nothing: there is no origin to go to. */
  passThroughOnException(): void;
}

/**
 * The default export of a fetch app. It gets every request below the app's mount, with the mount taken off its URL, also
 * the handshakes of WebSockets, which it answers with {@link upgradeWebSocket}.
 */
interface FetchApp {
  fetch(request: any, env: FetchEnv, context: FetchContext): Awaitable<Response>;
}

/** What a WebSocket of a fetch app calls, one at a time for each connection; a promise is waited for before the next. */
interface UpgradeEvents {
  /** After the 101, before the first message; after a reload again, with `ws.reattached`. */
  onOpen?(event: { readonly type: "open"; readonly target: WsConn }, ws: WsConn): unknown;
  onMessage?(event: { readonly type: "message"; readonly data: string | ArrayBuffer; readonly target: WsConn }, ws: WsConn): unknown;
  /** Once, whoever ended it. */
  onClose?(event: { readonly type: "close"; readonly code: number; readonly reason: string; readonly wasClean: boolean; readonly target: WsConn }, ws: WsConn): unknown;
  /** An exception in another handler; the connection stays. */
  onError?(event: { readonly type: "error"; readonly message: string; readonly error: Error; readonly target: WsConn }, ws: WsConn): unknown;
}

/**
 * Says yes to the handshake of a WebSocket: return what it returns from `fetch`. Headers that are set on it go out with the
 * 101. Any other answer refuses the handshake.
 *
 * @param options.protocol the subprotocols that are spoken; without it the first one offered is taken
 * @throws TypeError if the request asks for no WebSocket
 */
declare function upgradeWebSocket(request: any, events: UpgradeEvents, options?: { protocol?: string | readonly string[] }): Response;

/**
 * What Hono's adapters offer on other servers. It also answers to `hono/deno` and `hono/bun`. The types are no narrower
 * than they can be without Hono's own.
 */
declare module "sigil/hono" {
  /** What a WebSocket calls: one at a time for each connection, always with the same `ws`. */
  interface SocketEvents {
    onOpen?(event: any, ws: any): unknown;
    /** `event.data` is a string or an ArrayBuffer. */
    onMessage?(event: any, ws: any): unknown;
    /** Once, with `event.code` and `event.reason`. */
    onClose?(event: any, ws: any): unknown;
    /** The connection was lost; `onClose` follows. */
    onError?(event: any, ws: any): unknown;
  }
  interface SocketOptions {
    /** The subprotocols that are spoken; without it the first one offered is taken. */
    protocol?: string | readonly string[];
    /** Of an exception in a handler, which the log has too; the connection stays. */
    onError?(error: Error): unknown;
  }
  /** A handler that takes WebSockets, and leaves other requests to the next. */
  export function upgradeWebSocket(createEvents: (c: any) => SocketEvents | Promise<SocketEvents>, options?: SocketOptions): any;
  /** Hono's serveStatic over the files of the app's own folder. */
  export function serveStatic(options?: {
    root?: string;
    path?: string;
    rewriteRequestPath?(path: string): string;
    onFound?(path: string, c: any): unknown;
    onNotFound?(path: string, c: any): unknown;
    mimes?: Record<string, string>;
    precompressed?: boolean;
  }): any;
  /** Who is connected. */
  export function getConnInfo(c: any): { remote: { address?: string; addressType?: "IPv4" | "IPv6"; transport?: "tcp" } };
  /** Of Bun's adapter: nothing has to be passed on. */
  export const websocket: object;
  export function createBunWebSocket(): { upgradeWebSocket: typeof upgradeWebSocket; websocket: object };
}
