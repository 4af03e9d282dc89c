// The programs of the benchmark with Hono on Deno.
import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";

const room = new Set();
const app = new Hono();
app.get("/bench/echo", upgradeWebSocket(() => ({ onMessage: (event, ws) => ws.send(event.data) })));
app.get("/bench/room", upgradeWebSocket(() => ({
  onOpen: (_, ws) => room.add(ws),
  onClose: (_, ws) => room.delete(ws),
})));
app.get("/bench/publish", upgradeWebSocket(() => ({
  onMessage: (event) => {
    for (const member of room) if (member.readyState === 1) member.send(event.data);
  },
})));

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} }, app.fetch);
