// An app as it is written for Deno, with JSR's names.
import { Hono } from "jsr:@hono/hono";
import { getConnInfo, serveStatic, upgradeWebSocket } from "@hono/hono/deno";
import { upgradeWebSocket as same } from "hono/deno";

const app = new Hono();
app.get("/ws", upgradeWebSocket((c) => ({
  onMessage(event, ws) { ws.send(`deno ${event.data} ${getConnInfo(c).remote.address}`); },
}), { idleTimeout: 30 }));
app.get("/same", same(() => ({ onOpen: (_, ws) => ws.send("same") })));
app.get("/*", serveStatic({ root: "./" }));
export default app;
