// A Hono app as it is written for Deno: every message goes to all, with its date.
import { Hono } from "@hono/hono";
import { upgradeWebSocket } from "@hono/hono/deno";

const app = new Hono();

const sockets = new Set();

app.get(
  "/api/chat/ws",
  upgradeWebSocket((c) => ({
    onOpen: (event, ws) => {
      sockets.add(ws);
    },
    onMessage: (event, ws) => {
      const message = JSON.parse(event.data);
      message.date = Date.now();
      for (const socket of sockets) {
        socket.send(JSON.stringify(message));
      }
    },
    onClose: (event, ws) => {
      sockets.delete(ws);
      ws.close();
    },
    onError: (event, ws) => {
      sockets.delete(ws);
      ws.close();
    },
  })),
);

export default app;
