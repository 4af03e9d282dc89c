// What Hono's adapters offer on other servers, for Sigil: import it as "sigil/hono". It also answers to "hono/deno" and
// "hono/bun", so that apps written for those run as they are.
import { WSContext, defineWebSocketHelper } from "hono/ws";
import { serveStatic as baseServeStatic } from "hono/serve-static";
import { upgradeWebSocket as upgrade } from "sigil";

/** `app.get("/ws", upgradeWebSocket((c) => ({ onMessage(event, ws) {} })))`. What asks for no WebSocket goes on to the next handler. */
export const upgradeWebSocket = defineWebSocketHelper((c, events, options) => {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return undefined;
  const url = c.req.url;
  let context;
  const bind = (handler) => handler && ((event, ws) => handler(event, (context ??= contextOf(ws, url))));
  return upgrade(c.req.raw, {
    onOpen: bind(events.onOpen?.bind(events)),
    onMessage: bind(events.onMessage?.bind(events)),
    onClose: bind(closing(events)),
    onError: options?.onError && ((event) => options.onError(event.error)),
  }, { protocol: options?.protocol });
});

/**
 * onError is told of a connection that was lost, before onClose, as elsewhere. An exception in a handler is none of its
 * business, because apps close the connection in it: that is logged, and told to the option onError.
 */
const closing = (events) => (events.onClose || events.onError) && (async (event, ws) => {
  try {
    if (event.code === 1006) await events.onError?.({ type: "error", error: new Error("the connection was lost"), target: event.target }, ws);
  } catch (error) {
    Promise.reject(error); // nobody handles it, so it is logged, and by itself: onClose may fail as well
  }
  await events.onClose?.(event, ws);
});

const contextOf = (ws, url) => new WSContext({
  raw: ws,
  url: url.replace(/^http/, "ws"),
  protocol: ws.protocol,
  get readyState() { return ws.readyState; },
  send: (data) => ws.send(data),
  close: (code, reason) => ws.close(code, reason),
});

/** Hono's serveStatic over the files of the app's own folder. */
export const serveStatic = (options = {}) => (c, next) => {
  const { app } = c.env;
  return baseServeStatic({
    ...options,
    getContent: async (path) => (await app.readFile(path)) ?? null,
    join: (...parts) => parts.join("/"),
    isDir: async (path) => (await app.readFile(path + "/index.html")) !== undefined,
  })(c, next);
};

/** Who is connected: `{ remote: { address } }`. */
export const getConnInfo = (c) => ({
  remote: { address: c.env.remoteAddress, addressType: c.env.remoteAddress?.includes(":") ? "IPv6" : "IPv4", transport: "tcp" },
});

/** Of Bun's adapter: there is nothing to pass on here, Sigil has the sockets. */
export const websocket = {};
export const createBunWebSocket = () => ({ upgradeWebSocket, websocket });
export const getBunServer = () => undefined;
