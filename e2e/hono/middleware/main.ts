// Every middleware that comes with Hono, each below a path of its own.
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";
import { bodyLimit } from "hono/body-limit";
import { cache } from "hono/cache";
import { compress } from "hono/compress";
import { contextStorage, getContext, tryGetContext } from "hono/context-storage";
import { cors } from "hono/cors";
import { csrf } from "hono/csrf";
import { etag } from "hono/etag";
import { ipRestriction } from "hono/ip-restriction";
import { decode, jwt, sign, verify } from "hono/jwt";
import { languageDetector } from "hono/language";
import { logger } from "hono/logger";
import { methodOverride } from "hono/method-override";
import { poweredBy } from "hono/powered-by";
import { prettyJSON } from "hono/pretty-json";
import { requestId } from "hono/request-id";
import { NONCE, secureHeaders } from "hono/secure-headers";
import { timeout } from "hono/timeout";
import { endTime, setMetric, startTime, timing } from "hono/timing";
import { appendTrailingSlash, trimTrailingSlash } from "hono/trailing-slash";
import { getConnInfo, serveStatic } from "sigil/hono";

const app = new Hono<any>();
const logged: string[] = [];

app.use("/logger/*", logger((line) => { logged.push(line.replace(/\d+m?s/, "N").replace(/\x1b\[\d+m/g, "")); }));
app.get("/logger/x", (c) => c.text("x"));
app.get("/logged", (c) => c.json(logged));
app.use("/cors/*", cors({ origin: ["http://a.example"], allowMethods: ["GET", "PUT"], allowHeaders: ["x-y"], exposeHeaders: ["x-z"], maxAge: 60, credentials: true }));
app.get("/cors/x", (c) => c.text("shared"));
app.use("/basic/*", basicAuth({ username: "ann", password: "pä:ss", realm: "here" }));
app.get("/basic/x", (c) => c.text("in"));
app.use("/basic-verify/*", basicAuth({ verifyUser: (name, password) => name === "bob" && password === "2" }));
app.get("/basic-verify/x", (c) => c.text("in"));
app.use("/bearer/*", bearerAuth({ token: ["t1", "t2"] }));
app.get("/bearer/x", (c) => c.text("in"));
app.get("/jwt/token", async (c) => c.text(await sign({ sub: "ann" }, "key of the test")));
app.get("/jwt/algorithms", async (c) => {
  const usages = ["sign", "verify"] as KeyUsage[], worked: string[] = [];
  const pair = async (algorithm: any) => (await crypto.subtle.generateKey(algorithm, true, usages)) as CryptoKeyPair;
  const rsa = (name: string, bits: number) => pair({ name, hash: `SHA-${bits}`, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) });
  const keys: [string, any][] = [["HS", "k"], ["RS", (bits: number) => rsa("RSASSA-PKCS1-v1_5", bits)], ["PS", (bits: number) => rsa("RSA-PSS", bits)],
    ["ES", (bits: number) => pair({ name: "ECDSA", namedCurve: `P-${bits === 512 ? 521 : bits}` })]];
  for (const [kind, make] of keys) {
    for (const bits of [256, 384, 512]) {
      const key = typeof make === "string" ? { privateKey: make, publicKey: make } : await make(bits), alg = `${kind}${bits}` as any;
      const token = await sign({ n: bits }, key.privateKey, alg);
      if ((await verify(token, key.publicKey, alg)).n === bits && decode(token).header.alg === alg) worked.push(alg);
    }
  }
  const ed = await pair({ name: "Ed25519" });
  if ((await verify(await sign({ n: 1 }, ed.privateKey, "EdDSA"), ed.publicKey, "EdDSA")).n === 1) worked.push("EdDSA");
  return c.text(worked.join(" "));
});
app.use("/jwt/x", jwt({ secret: "key of the test", alg: "HS256" }));
app.get("/jwt/x", (c) => c.json(c.get("jwtPayload")));
app.use("/etag/*", etag());
app.get("/etag/x", (c) => c.text("tagged"));
app.use("/compress/*", compress({ threshold: 100 }));
app.get("/compress/large", (c) => c.text("compress me ".repeat(500)));
app.get("/compress/small", (c) => c.text("small", 200, { "content-length": "5" }));
app.use("/context/*", contextStorage());
app.use("/context/*", async (c, next) => { c.set("who", c.req.query("who")); await next(); });
const asker = async () => {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  return getContext<{ Variables: { who: string } }>().var.who;
};
app.get("/context/x", async (c) => c.text(`${await asker()} ${(await Promise.all([asker(), asker()])).join()}`));
app.get("/nocontext", (c) => c.text(String(tryGetContext())));
app.use("/secure/*", secureHeaders({ contentSecurityPolicy: { scriptSrc: [NONCE, "'self'"] } }));
app.get("/secure/x", (c) => c.text(typeof c.get("secureHeadersNonce")));
app.use("/csrf/*", csrf());
app.post("/csrf/x", (c) => c.text("posted"));
app.use("/limit/*", bodyLimit({ maxSize: 10, onError: (c) => c.text("too much", 413) }));
app.post("/limit/x", async (c) => c.text(await c.req.text()));
app.use("/timing/*", timing());
app.get("/timing/x", async (c) => { setMetric(c, "region", "eu"); startTime(c, "db"); endTime(c, "db"); return c.text("timed"); });
app.use("/id/*", requestId());
app.get("/id/x", (c) => c.text(c.get("requestId")));
app.use("/powered/*", poweredBy({ serverName: "Sigil" }));
app.get("/powered/x", (c) => c.text("x"));
app.use("/pretty/*", prettyJSON({ space: 4 }));
app.get("/pretty/x", (c) => c.json({ a: 1 }));
app.use("/timeout/*", timeout(30));
app.get("/timeout/x", async (c) => { await new Promise((resolve) => setTimeout(resolve, 2000)); return c.text("late"); });
app.use("/slash/*", trimTrailingSlash());
app.get("/slash/x", (c) => c.text("x"));
app.use("/slashed/*", appendTrailingSlash());
app.get("/slashed/x/", (c) => c.text("x"));
app.use("/override/*", methodOverride({ app }));
app.delete("/override/x", (c) => c.text("deleted"));
app.post("/override/x", (c) => c.text("posted"));
app.use("/language/*", languageDetector({ supportedLanguages: ["en", "de"], fallbackLanguage: "en" }));
app.get("/language/x", (c) => c.text(c.get("language")));
app.use("/ip/*", ipRestriction(getConnInfo, { denyList: [], allowList: ["127.0.0.1", "::1"] }));
app.get("/ip/x", (c) => c.text("local"));
app.use("/ip-denied/*", ipRestriction(getConnInfo, { denyList: ["127.0.0.0/8", "::1"] }));
app.get("/ip-denied/x", (c) => c.text("local"));
app.use("/cache/*", cache({ cacheName: "test", cacheControl: "max-age=60", vary: "accept-language" }));
app.get("/cache/x", (c) => c.text("cached"));
app.get("/cache-control", (c) => c.text("x", 200, { "cache-control": "private, max-age=5", vary: "cookie" }));
app.get("/static/*", serveStatic({ root: "./files", rewriteRequestPath: (path) => path.replace(/^\/static/, ""), onFound: (_path, c) => { c.header("cache-control", "max-age=9"); } }));
app.get("/favicon.ico", serveStatic({ path: "./files/icon.txt" }));
app.get("/static/*", (c) => c.text("no such file", 404));

export default app;
