// The helpers that come with Hono, and the middleware that needs keys or other apps.
import { Hono } from "hono";
import { inspectRoutes, getRouterName, showRoutes } from "hono/dev";
import { createFactory, createMiddleware } from "hono/factory";
import { jwk } from "hono/jwk";
import { sign } from "hono/jwt";
import { methodNotAllowed } from "hono/method-not-allowed";
import { mount } from "hono/mount";
import { proxy } from "hono/proxy";
import { basePath, baseRoutePath, matchedRoutes, routePath } from "hono/route";
import { disableSSG, ssgParams, toSSG } from "hono/ssg";

const app = new Hono<any>();

const pair = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])) as CryptoKeyPair;
const keyOf = async (key: CryptoKey): Promise<any> => ({ ...await crypto.subtle.exportKey("jwk", key), kid: "k1", alg: "ES256" });
app.get("/keys", async (c) => c.json({ keys: [await keyOf(pair.publicKey)] }));
app.use("/jwk/*", jwk({ keys: async () => [await keyOf(pair.publicKey)], alg: ["ES256"] }));
app.get("/jwk/me", (c) => c.json(c.get("jwtPayload")));
app.get("/jwk-check/:path", async (c) => {
  const token = await sign({ sub: "ann" }, await keyOf(pair.privateKey), "ES256");
  return app.request(`/${c.req.param("path")}/me?keys=${new URL("/helpers/keys", c.req.url)}`, { headers: { authorization: `Bearer ${token}` } });
});
app.use("/jwk-uri/*", (c, next) => jwk({ jwks_uri: c.req.query("keys"), alg: ["ES256"] })(c, next));
app.get("/jwk-uri/me", (c) => c.json(c.get("jwtPayload")));

app.all("/proxy/*", (c) => proxy(`${new URL(c.req.url).origin}/routing/${c.req.path.slice(7)}`, { ...c.req, headers: { ...c.req.header(), "X-Forwarded-For": "192.0.2.1" } }));

const factory = createFactory<{ Variables: { who: string } }>({ initApp: (made) => { made.use(async (c, next) => { c.set("who", "ann"); await next(); }); } });
const made = factory.createApp();
made.get("/", ...factory.createHandlers(async (c, next) => { await next(); c.header("x-handlers", "2"); }, (c) => c.text(`made for ${c.var.who}`)));
app.route("/factory", made);
app.get("/middleware", createMiddleware(async (c, next) => { await next(); c.res.headers.set("x-after", "1"); }), (c) => c.text("in"));

const small = new Hono();
small.use(methodNotAllowed({ app: small }));
small.get("/page", (c) => c.text("page"));
small.post("/page", (c) => c.text("posted"));
app.route("/small", small);
app.all("/mounted/*", mount((request: Request) => new Response(new URL(request.url).pathname)));

app.get("/dev", (c) => {
  showRoutes(app, { colorize: false });
  return c.json([getRouterName(app), inspectRoutes(app).some((route) => route.path === "/dev")]);
});
app.get("/route/:id/*", (c) => c.json([routePath(c), basePath(c), baseRoutePath(c), matchedRoutes(c).length]));
app.get("/ssg", async (c) => {
  const site = new Hono(), files: Record<string, unknown> = {};
  site.get("/", (c) => c.html("<p>home</p>"));
  site.get("/items/:id", ssgParams([{ id: "1" }, { id: "2" }]), (c) => c.html(`item ${c.req.param("id")}`));
  site.get("/api", disableSSG(), (c) => c.text("not static"));
  const result = await toSSG(site, { writeFile: async (path, data) => { files[path] = data; }, mkdir: async () => {} }, { dir: "out" });
  return c.json({ success: result.success, files });
});

app.get("/segment/:name", (c) => c.text(c.req.param("name")));
app.get("/rest/:rest{.+}", (c) => c.text(c.req.param("rest")));

export default app;
