// A Hono app as it is written for Deno: whoever pings is thanked.
import { Hono } from "@hono/hono";
import { cors } from "@hono/hono/cors";
import { logger } from "@hono/hono/logger";
import { upgradeWebSocket } from "@hono/hono/deno";

const app = new Hono();

app.use("/*", cors());
app.use("/*", logger());

app.get("/", (c) => c.json({ message: "Hello pings!" }));

app.get(
  "/api/pings/ws",
  upgradeWebSocket((c) => {
    return {
      onOpen(event, ws) {
        console.log("Connection opened");
      },
      onMessage(event, ws) {
        console.log(`Message from client: ${event.data}`);
        ws.send("Thanks for the ping!");
      },
      onClose() {
        console.log("Connection closed");
      },
    };
  }),
);

export default app;
