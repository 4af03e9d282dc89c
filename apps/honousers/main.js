// A Hono app with a page: everyone gets a name, "User" and a number, and is heard by all.
import { Hono } from "hono";
import { serveStatic, upgradeWebSocket } from "hono/deno";

const app = new Hono();

const users = new Map();
const anyUser = () => `User ${Math.floor(Math.random() * 1000)}`;

const leave = (event, ws) => {
  users.delete(ws);
  ws.close();
};

app.get(
  "/api/chat/ws",
  upgradeWebSocket((c) => ({
    onOpen: (event, ws) => {
      users.set(ws, anyUser());
    },
    onMessage: (event, ws) => {
      const message = JSON.parse(event.data);
      message.date = Date.now();
      message.message = `${users.get(ws)}: ${message.message}`;
      for (const socket of users.keys()) {
        socket.send(JSON.stringify(message));
      }
    },
    onClose: leave,
    onError: leave,
  })),
);

app.get("/*", serveStatic({ root: "./public" }));

export default app;
