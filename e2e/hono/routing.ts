// What Hono's router does: one path for each thing tried.
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { createMiddleware } from "hono/factory";
import { every, except, some } from "hono/combine";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { TrieRouter } from "hono/router/trie-router";
import { LinearRouter } from "hono/router/linear-router";
import { PatternRouter } from "hono/router/pattern-router";
import { streamText } from "hono/streaming";
import { routePath, matchedRoutes } from "hono/route";

type Env = { Variables: { who: string } };
const app = new Hono<Env>();

app.get("/text", (c) => c.text("hello"));
app.get("/param/:id", (c) => c.text(`${c.req.param("id")} ${c.req.path} ${routePath(c)}`));
app.get("/optional/:kind?", (c) => c.text(c.req.param("kind") ?? "none"));
app.get("/digits/:n{[0-9]+}", (c) => c.text(`n=${c.req.param("n")}`));
app.get("/file/:name{.+\\.png}", (c) => c.text(`image ${c.req.param("name")}`));
app.get("/many/:a/x/:b", (c) => c.json(c.req.param()));
app.get("/wild/*", (c) => c.text(`rest ${c.req.path}`));
app.get("/wild/*/end", (c) => c.text("never reached: the first match wins"));
app.on(["PUT", "DELETE"], "/verbs", (c) => c.text(c.req.method));
app.on("PURGE", "/verbs", (c) => c.text("purged"));
app.all("/all", (c) => c.text(`${c.req.method} for all`));
app.get("/chained", (c) => c.text("got")).post((c) => c.text("posted", 201));
app.get("/query", (c) => c.json([c.req.query("a"), c.req.queries("a"), c.req.query()]));
app.get("/head", (c) => c.json([c.req.header("x-one"), typeof c.req.header()]));
app.get("/matched", (c) => c.text(matchedRoutes(c).map((r) => r.path).join(",")));

// Middleware: order, variables, early answers.
const trace = (name: string) => createMiddleware(async (c, next) => {
  c.res.headers.append("x-trace", `in-${name}`);
  await next();
  c.res.headers.append("x-trace", `out-${name}`);
});
app.use("/order/*", trace("a"), trace("b"));
app.get("/order/x", (c) => c.text("ordered"));
app.use("/vars/*", async (c, next) => { c.set("who", "ann"); await next(); });
app.get("/vars/x", (c) => c.text(`${c.get("who")} ${c.var.who}`));
app.use("/early/*", async (c) => c.text("stopped", 418 as any));
app.get("/early/x", (c) => c.text("not reached"));
app.use("/combined/*", some((c) => c.req.query("key") === "1", every((c) => c.req.query("a") === "1", (c) => c.req.query("b") === "1")));
app.use("/combined/*", except("/combined/free", async (c, next) => { await next(); c.header("x-strict", "1"); }));
app.get("/combined/*", (c) => c.text("let in"));

// Groups, nested apps, base paths, other routers, other fetch handlers.
const books = new Hono().get("/", (c) => c.text("books")).get("/:id", (c) => c.text(`book ${c.req.param("id")}`));
app.route("/books", books);
const api = new Hono().basePath("/v1");
api.get("/ping", (c) => c.text("pong"));
app.route("/api", api);
app.mount("/mounted", (request: Request) => new Response(`mounted at ${new URL(request.url).pathname}`));
app.mount("/inner", new Hono().get("/deep", (c) => c.text("inner hono")).fetch);
for (const [name, router] of Object.entries({ regexp: new RegExpRouter(), trie: new TrieRouter(), linear: new LinearRouter(), pattern: new PatternRouter() })) {
  app.route(`/router`, new Hono({ router: router as any }).get(`/${name}/:id/*`, (c) => c.text(`${name} ${c.req.param("id")}`)));
}
app.get("/strict", (c) => c.text("strict"));

// Errors.
app.get("/throw", () => { throw new Error("broken"); });
app.get("/http", () => { throw new HTTPException(409, { message: "taken" }); });
app.get("/http-res", () => { throw new HTTPException(401, { res: new Response("who?", { status: 401, headers: { "www-authenticate": "X" } }) }); });
app.get("/not-here", (c) => c.notFound());
const own = new Hono().get("/x", () => { throw new RangeError("inner"); }).onError((error, c) => c.text(`inner ${error.name}`, 503));
app.route("/own", own);
app.notFound((c) => c.text(`nothing at ${c.req.path}`, 404));
app.onError((error, c) => error instanceof HTTPException ? error.getResponse() : c.text(`caught ${error.message}`, 500));

// Tests of an app inside the app.
app.get("/self", async (c) => {
  const inner = new Hono().post("/echo/:id", async (c) => c.json({ id: c.req.param("id"), body: await c.req.json() }));
  const res = await inner.request("/echo/7", { method: "POST", body: JSON.stringify({ a: 1 }), headers: { "content-type": "application/json" } });
  return c.json([res.status, await res.json()]);
});
let waited = "nothing";
app.get("/wait", (c) => {
  c.executionCtx.waitUntil(new Promise<void>((resolve) => setTimeout(() => { waited = c.req.query("what")!; resolve(); }, 5)));
  return c.text("answered");
});
app.get("/waited", (c) => c.text(waited));
app.get("/slow", (c) => streamText(c, async (stream) => { for (const part of ["one ", "two ", "three"]) { await stream.write(part); await stream.sleep(1); } }));

export default app;
