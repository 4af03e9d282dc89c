// The contract of Hono's WebSocket helper, through "sigil/hono".
import { Hono } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { logger } from "hono/logger";
import type { WSContext } from "hono/ws";
import { upgradeWebSocket } from "sigil/hono";

const app = new Hono<{ Variables: { who: string } }>();
const events: string[] = []; // what happened without anybody being told
const seen = new Set<WSContext>();

app.get("/events", (c) => c.json(events.splice(0)));
app.get("/identity", (c) => c.json(seen.size));

app.get("/ws", upgradeWebSocket((c) => {
  const log: string[] = [];
  let first: WSContext | undefined;
  return {
    onOpen(event, ws) {
      first = ws;
      seen.add(ws);
      log.push(`${event.type} ${ws.readyState}`);
      ws.send(`open ${c.req.query("q")} ${ws.protocol} ${ws.url!.protocol}//${ws.url!.pathname} ${ws.binaryType}`);
    },
    onMessage(event, ws) {
      seen.add(ws);
      if (event.data instanceof ArrayBuffer) return ws.send(new Uint8Array([...new Uint8Array(event.data)].reverse()).subarray(1));
      switch (event.data) {
        case "same": return ws.send(String(ws === first));
        case "log": return ws.send(log.join(","));
        case "boom": throw new Error("in onMessage");
        case "later": return Promise.reject(new Error("in a promise")) as any;
        case "view": { const all = new Uint8Array([9, 1, 2, 3, 9]); return ws.send(all.subarray(1, 4)); }
        case "buffer": return ws.send(new Uint8Array([7, 8]).buffer);
        case "close": ws.close(4001, "twice"); ws.close(4002, "not this"); events.push(`closing ${ws.readyState}`); return;
        default: ws.send(`got ${event.data}`);
      }
    },
    onError(event, ws) { events.push(`error ${(event as any).error.message}`); ws.close(); },
    onClose(event, ws) {
      seen.delete(ws);
      ws.close(); // as apps do that clean up in one place
      ws.send("nobody hears this");
      events.push(`close ${event.code} ${event.reason} ${event.wasClean} ${ws.readyState} ${ws === first}`);
    },
  };
}, { onError: (error: Error) => events.push(`thrown ${error.message}`) }));
app.get("/ws", (c) => c.text(`no upgrade: ${c.req.header("upgrade") ?? "none"}`));
app.get("/alone", upgradeWebSocket(() => ({})));

// The factory may be asynchronous, sees what middleware set, and may refuse.
app.use("/factory/*", async (c, next) => { c.set("who", c.req.header("x-who") ?? "nobody"); await next(); });
app.get("/factory/async", upgradeWebSocket(async (c) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    async onOpen(_, ws) { await new Promise((resolve) => setTimeout(resolve, 20)); ws.send(`open for ${c.get("who")}`); },
    onMessage: (event, ws) => ws.send(`then ${event.data}`),
  };
}));
app.get("/factory/refuse", upgradeWebSocket(async (c) => {
  await null;
  if (c.get("who") === "nobody") throw new HTTPException(401, { message: "who are you?", res: new Response("who are you?", { status: 401, headers: { "www-authenticate": "Name" } }) });
  return { onOpen: (_, ws) => ws.send("welcome") };
}));
app.get("/factory/throw", upgradeWebSocket(() => { throw new Error("the factory is broken"); }));
app.use("/guarded", async (c) => c.text("not you", 403));
app.get("/guarded", upgradeWebSocket(() => ({})));

// Headers that middleware sets go out with the 101, less those of the transport.
app.use("/headers/*", logger(() => {}), cors({ origin: "*", exposeHeaders: ["x-a"] }), async (c, next) => {
  await next();
  c.header("x-a", "1");
  c.header("set-cookie", "seen=1");
  c.header("set-cookie", "also=2", { append: true });
  for (const name of ["keep-alive", "trailer", "te", "proxy-connection"]) c.header(name, "x");
  c.header("connection", "close");
  c.header("transfer-encoding", "chunked");
  c.header("content-length", "5");
  c.header("sec-websocket-accept", "wrong");
  c.header("sec-websocket-extensions", "wrong");
});
app.get("/headers/ws", upgradeWebSocket(() => ({ onMessage: (event, ws) => ws.send(event.data as string) })));
app.get("/chosen", upgradeWebSocket(() => ({ onOpen: (_, ws) => ws.send(ws.protocol!) }), { protocol: ["b", "c"] } as any));

// The handler form, and events in a class of the app's own.
class Echo { prefix = "class"; onMessage(event: any, ws: WSContext) { ws.send(`${this.prefix} ${event.data}`); } }
app.get("/handler", async (c) => {
  if (c.req.header("upgrade") !== "websocket") return c.text("plain");
  return (upgradeWebSocket as any)(c, new Echo());
});
const inner = new Hono().get("/:room/ws", upgradeWebSocket((c) => ({ onOpen: (_, ws) => ws.send(`room ${c.req.param("room")}`) })));
app.route("/rooms", inner);

app.onError((error, c) => error instanceof HTTPException ? error.getResponse() : c.text(`caught: ${error.message}`, 500));
export default app;
