// The HTTP programs of the benchmark with Hono on Sigil.
import { Hono } from "hono";

const app = new Hono();
app.get("/text", (c) => c.text("Hello, world!"));
app.get("/items/:id", (c) => c.json({ id: c.req.param("id"), name: "item" }));

export default app;
