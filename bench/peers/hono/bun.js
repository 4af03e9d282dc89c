// The programs of the benchmark with Hono on Bun.
import { Hono } from "hono";
import { upgradeWebSocket, websocket } from "hono/bun";

const app = new Hono();
app.get("/bench/echo", upgradeWebSocket(() => ({ onMessage: (event, ws) => ws.send(event.data) })));
app.get("/bench/room", upgradeWebSocket(() => ({ onOpen: (_, ws) => ws.raw.subscribe("room") })));
app.get("/bench/publish", upgradeWebSocket(() => ({ onMessage: (event) => server.publish("room", event.data) })));
app.get("/bench/text", (c) => c.text("Hello, world!"));
app.get("/bench/items/:id", (c) => c.json({ id: c.req.param("id"), name: "item" }));

const server = Bun.serve({ hostname: "127.0.0.1", port: Number(process.env.PORT), fetch: app.fetch, websocket });
