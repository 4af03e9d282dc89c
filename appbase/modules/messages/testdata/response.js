test("what a response is made of", async () => {
  const r = new Response("hi", { status: 418, statusText: "teapot", headers: { "X-A": "1" } });
  equal([r.status, r.statusText, r.ok, r.type, r.url, r.redirected, r.headers.get("x-a"), r.headers.get("content-type")],
    [418, "teapot", false, "default", "", false, "1", "text/plain;charset=UTF-8"]);
  equal([await r.text(), r.bodyUsed], ["hi", true]);
  const empty = new Response();
  equal([empty.status, empty.ok, empty.body, empty.bodyUsed, await empty.text()], [200, true, null, false, ""]);
  equal(new Response(null, { status: 204 }).status, 204);
  equal(String(empty), "[object Response]");
});

test("json, redirect, error", async () => {
  const r = Response.json({ a: 1 }, { status: 201, headers: { "X-A": "1" } });
  equal([r.status, r.headers.get("content-type"), r.headers.get("x-a"), await r.json()], [201, "application/json", "1", { a: 1 }]);
  equal(Response.json(1, { headers: { "content-type": "a/b" } }).headers.get("content-type"), "a/b");
  throws(() => Response.json(undefined), "TypeError");
  throws(() => Response.json(Symbol()), "TypeError");
  const moved = Response.redirect("http://h/a b", 301);
  equal([moved.status, moved.headers.get("location")], [301, "http://h/a%20b"]);
  equal(Response.redirect("http://h/").status, 302);
  throws(() => Response.redirect("http://h/", 200), "RangeError");
  const failed = Response.error();
  equal([failed.type, failed.status, failed.ok], ["error", 0, false]);
});

test("wrong arguments", () => {
  for (const status of [199, 600, 0, NaN, -1]) throws(() => new Response("", { status }), "RangeError");
  for (const status of [204, 205, 304]) throws(() => new Response("x", { status }), "TypeError");
  throws(() => new Response("", { statusText: "\u20ac" }), "TypeError");
  throws(() => new Response("", 5), "TypeError");
});

test("a stream as the body", async () => {
  const r = new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104, 105])); c.close(); } }));
  equal([r.headers.get("content-type"), await r.text()], [null, "hi"]);
  await rejects(new Response(new ReadableStream({ start(c) { c.enqueue(5); } })).text(), "TypeError");
});

test("an async iterable as the body", async () => {
  async function* words() { yield "one "; yield new TextEncoder().encode("two"); }
  const r = new Response(words());
  equal(await r.text(), "one two");
});

test("clone", async () => {
  const r = new Response(new Blob(["blob"]), { status: 201, headers: { a: "1" } }), copy = r.clone();
  equal([copy.status, copy.headers.get("a"), await copy.text(), await r.text()], [201, "1", "blob", "blob"]);
  throws(() => r.clone(), "TypeError");
  let pulled = 0;
  const streaming = new Response(new ReadableStream({ pull(c) { if (pulled++ < 3) c.enqueue(new Uint8Array([97])); else c.close(); } }));
  const other = streaming.clone();
  equal([await other.text(), await streaming.text()], ["aaa", "aaa"]);
});

test("reading cancels nothing that is locked", async () => {
  const r = new Response("x"), reader = r.body.getReader();
  throws(() => r.clone(), "TypeError");
  reader.releaseLock();
  equal(await r.text(), "x");
});
