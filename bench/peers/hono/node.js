// The HTTP programs of the benchmark with Hono on Node.
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.get("/bench/text", (c) => c.text("Hello, world!"));
app.get("/bench/items/:id", (c) => c.json({ id: c.req.param("id"), name: "item" }));

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env.PORT) });
