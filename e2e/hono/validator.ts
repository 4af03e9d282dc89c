// Validators: Hono's own and @hono/zod-validator; and what typed clients (hc) make of the routes.
import { Hono } from "hono";
import { validator } from "hono/validator";
import { hc } from "hono/client";
import { zValidator } from "@hono/zod-validator";
import { z } from "zod";

const Person = z.object({ name: z.string().min(2).trim(), age: z.coerce.number().int().min(0).max(150), mail: z.email().optional(), tags: z.array(z.enum(["a", "b"])).default([]) });

const app = new Hono()
  .post("/json", zValidator("json", Person), (c) => c.json(c.req.valid("json"), 201))
  .get("/query", zValidator("query", z.object({ n: z.coerce.number(), q: z.string().optional() })), (c) => c.json(c.req.valid("query")))
  .post("/form", zValidator("form", z.object({ title: z.string(), file: z.instanceof(File).optional() })), async (c) => {
    const { title, file } = c.req.valid("form");
    return c.text(`${title} ${file ? await file.text() : "no file"}`);
  })
  .get("/param/:id", zValidator("param", z.object({ id: z.uuid() })), (c) => c.text(c.req.valid("param").id))
  .get("/header", zValidator("header", z.object({ "x-key": z.string().length(3) })), (c) => c.text("keyed"))
  .get("/cookie", zValidator("cookie", z.object({ a: z.string() })), (c) => c.text(c.req.valid("cookie").a))
  .post("/hook", zValidator("json", Person, (result, c) => result.success ? undefined : c.text(result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`).join("; "), 422)), (c) => c.text("fine"))
  .post("/own", validator("json", (value, c) => typeof value?.n === "number" ? { n: value.n * 2 } : c.text("n is missing", 400)), (c) => c.json(c.req.valid("json")));

app.get("/client", async (c) => {
  const client = hc<typeof app>("http://inner", { fetch: (input: any, init: any) => Promise.resolve(app.request(input, init)) });
  const made = await client.json.$post({ json: { name: "ann", age: 3 } as any });
  const query = await client.query.$get({ query: { n: "4" } as any });
  return c.json([made.status, await made.json(), await query.json(), client.param[":id"].$url({ param: { id: "x" } }).pathname]);
});

export default app;
