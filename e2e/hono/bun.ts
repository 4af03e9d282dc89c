// An app as it is written for Bun: the default export has fetch and websocket.
import { Hono } from "hono";
import { createBunWebSocket, getConnInfo, serveStatic } from "hono/bun";

const { upgradeWebSocket, websocket } = createBunWebSocket();
const app = new Hono();
app.get("/ws", upgradeWebSocket((c) => ({
  onMessage(event, ws) { ws.send(`bun ${event.data} ${getConnInfo(c).remote.address}`); },
})));
app.use("/static/*", serveStatic({ root: "./" }));
export default { port: 3000, fetch: app.fetch, websocket };
