// The newer spelling for Bun.
import { Hono } from "hono";
import { upgradeWebSocket, websocket } from "hono/bun";

const app = new Hono().get("/ws", upgradeWebSocket(() => ({ onMessage: (event, ws) => ws.send(`bun2 ${event.data}`) })));
export default { fetch: app.fetch, websocket };
