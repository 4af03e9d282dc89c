/** @jsxImportSource hono/jsx */
// What `c` answers with, bodies that it reads, cookies, streams, and JSX.
import { Hono } from "hono";
import { deleteCookie, generateCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import { html, raw } from "hono/html";
import { css, Style } from "hono/css";
import { accepts } from "hono/accepts";
import { stream, streamSSE, streamText } from "hono/streaming";
import { createContext, useContext, Fragment, type FC, type PropsWithChildren } from "hono/jsx";
import { renderToReadableStream, Suspense } from "hono/jsx/streaming";
import { jsxRenderer, useRequestContext } from "hono/jsx-renderer";
import { testClient } from "hono/testing";
import { ssgParams } from "hono/ssg";
import { env, getRuntimeKey } from "hono/adapter";
import { getConnInfo } from "sigil/hono";

const app = new Hono();
const SECRET = "a secret of the test";

app.get("/json", (c) => c.json({ a: 1, b: [true, null, "ä"] }, 201, { "x-more": "1" }));
app.get("/html", (c) => c.html("<h1>hi</h1>"));
app.get("/body", (c) => { c.status(202); c.header("x-a", "1"); c.header("x-a", "2", { append: true }); return c.body("raw"); });
app.get("/bytes", (c) => c.body(new Uint8Array([0, 1, 254, 255]), 200, { "content-type": "application/octet-stream" }));
app.get("/empty", (c) => c.body(null, 204));
app.get("/redirect", (c) => c.redirect("/elsewhere?x=1"));
app.get("/redirect-301", (c) => c.redirect("http://example.org/ä", 301));
app.get("/new", (c) => c.newResponse("made", { status: 203, headers: { "x-made": "1" } }));
app.get("/raw", () => new Response("plain", { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] }));
app.get("/res", async (c) => { c.res = new Response("set"); c.res.headers.set("x-after", "1"); return c.res; });
app.get("/render", (c) => { c.setRenderer((content) => c.html(`<main>${content}</main>`)); return c.render("inside"); });

app.get("/stream", (c) => stream(c, async (s) => { await s.write(new Uint8Array([104, 105])); await s.write(" there"); }));
app.get("/stream-pipe", (c) => stream(c, async (s) => s.pipe(new Response("piped").body!)));
app.get("/stream-text", (c) => streamText(c, async (s) => { for (let i = 0; i < 3; i++) { await s.writeln(`line ${i}`); await s.sleep(2); } }));
app.get("/stream-error", (c) => streamText(c, async (s) => { await s.write("before "); throw new Error("mid"); }, async (error, s) => { await s.write(`told ${error.message}`); }));
let aborts = 0;
app.get("/stream-abort", (c) => streamText(c, async (s) => { s.onAbort(() => { aborts++; }); for (let i = 0; !s.aborted && i < 1000; i++) { await s.write("x"); await s.sleep(5); } }));
app.get("/aborts", (c) => c.text(`${aborts}`));
app.get("/sse", (c) => streamSSE(c, async (s) => {
  await s.writeSSE({ data: "one\ntwo", event: "tick", id: "1", retry: 500 });
  await s.writeSSE({ data: JSON.stringify({ last: c.req.header("last-event-id") ?? null }) });
}));

app.post("/parse/json", async (c) => c.json(await c.req.json()));
app.post("/parse/text", async (c) => c.text((await c.req.text()).toUpperCase()));
app.post("/parse/bytes", async (c) => c.text(`${(await c.req.arrayBuffer()).byteLength} ${(await (await c.req.blob()).text()).length}`));
app.post("/parse/form", async (c) => c.json([...(await c.req.formData()).keys()]));
app.post("/parse/body", async (c) => {
  const body = await c.req.parseBody({ all: true, dot: true });
  return c.json(await Promise.all(Object.entries(body).map(async ([key, value]) =>
    [key, value instanceof File ? `${value.name} ${value.type} ${await value.text()}` : value])));
});
app.post("/parse/bad", async (c) => { try { await c.req.json(); return c.text("fine"); } catch (error) { return c.text(`${(error as Error).name}`, 400); } });

app.get("/cookie", (c) => {
  setCookie(c, "plain", "a b;ä", { path: "/", httpOnly: true, secure: true, maxAge: 60, sameSite: "Lax", expires: new Date(Date.UTC(2020, 0, 2, 3, 4, 5)) });
  setCookie(c, "strict", "1", { prefix: "host", partitioned: true });
  deleteCookie(c, "old");
  return c.json([getCookie(c, "given"), getCookie(c), generateCookie("made", "x")]);
});
app.get("/signed/set", async (c) => { await setSignedCookie(c, "signed", "value", SECRET); return c.text("set"); });
app.get("/signed/get", async (c) => c.json(await getSignedCookie(c, SECRET, "signed") ?? null));

// --- JSX ---
const Theme = createContext("light");
const Page: FC<PropsWithChildren<{ title: string }>> = ({ title, children }) => (
  <html lang="en"><head><title>{title}</title></head><body>{children}</body></html>
);
const Themed = () => <p class={useContext(Theme)}>themed</p>;
const Slow = async ({ ms }: { ms: number }) => { await new Promise((resolve) => setTimeout(resolve, ms)); return <em>late {ms}</em>; };
app.get("/jsx", (c) => c.html(
  <Page title={`a < b & "c"`}>
    <ul>{[1, 2].map((n) => <li key={n}>{n}</li>)}</ul>
    {false}{null}<input disabled value="<x>" style={{ color: "red", fontSize: "2em" }} /><>frag<br /></>
    <Theme.Provider value="dark"><Themed /></Theme.Provider>
    <b dangerouslySetInnerHTML={{ __html: "<i>raw</i>" }} />
  </Page>));
app.get("/jsx-async", (c) => c.html(<div><Slow ms={2} /></div>));
app.get("/jsx-stream", (c) => {
  c.header("content-type", "text/html; charset=UTF-8");
  return c.body(renderToReadableStream(<main><Suspense fallback={<i>wait</i>}><Slow ms={5} /></Suspense></main>));
});
app.use("/layout/*", jsxRenderer(({ children, title }: any) => <html><title>{title}</title><body>{children}</body></html>, { docType: true }));
const Where = () => <span>{useRequestContext().req.path}</span>;
app.get("/layout/x", (c) => (c as any).render(<p>inside <Where /></p>, { title: "T" }));
app.get("/html-helper", (c) => c.html(html`<!doctype html><p>${"<esc>"}</p>${raw("<b>raw</b>")}${[1, 2].map((n) => html`<i>${n}</i>`)}`));
app.get("/css", (c) => { const cls = css`color: red; &:hover { color: blue; }`; return c.html(<html><head><Style /></head><body class={cls}>x</body></html>); });

app.get("/accepts", (c) => c.text(accepts(c, { header: "Accept-Language", supports: ["en", "ja", "de"], default: "en" })));
app.get("/runtime", (c) => c.text(`${getRuntimeKey()} ${typeof env(c)}`));
app.get("/conn", (c) => c.json(getConnInfo(c)));
app.get("/env", (c) => c.text(`${(c.env as any).name} ${(c.env as any).generation}`));
app.get("/client", async (c) => {
  const inner = new Hono().get("/hello/:name", (c) => c.json({ hello: c.req.param("name") }));
  const res = await testClient(inner).hello[":name"].$get({ param: { name: "ann" } });
  return c.json(await res.json());
});
app.get("/proxy-url", (c) => c.text(new URL(c.req.url).pathname));

export default app;
void Fragment; void ssgParams;
