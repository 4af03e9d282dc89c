const post = (body, init = {}) => new Request("http://h/", { method: "POST", body, ...init });

test("what a request is made of", () => {
  const r = new Request("http://h/a b?q=1#f", { method: "post", headers: { "X-A": "1" }, redirect: "manual" });
  equal([r.method, r.url, r.headers.get("x-a"), r.redirect, r.body, r.bodyUsed], ["POST", "http://h/a%20b?q=1#f", "1", "manual", null, false]);
  const plain = new Request(new URL("http://h/x"));
  equal([plain.method, plain.url, plain.credentials, plain.cache, plain.mode, plain.keepalive, plain.duplex], ["GET", "http://h/x", "same-origin", "default", "cors", false, "half"]);
  equal([new Request("http://h/", { method: "patch" }).method, String(plain)], ["patch", "[object Request]"]);
});

test("bodies of all kinds, with their types", async () => {
  const form = new FormData();
  form.append("a", "1");
  for (const [body, type, text] of [
    ["text\ud800", "text/plain;charset=UTF-8", "text\ufffd"],
    [new URLSearchParams({ a: "b c" }), "application/x-www-form-urlencoded;charset=UTF-8", "a=b+c"],
    [new Blob(["x"], { type: "a/b" }), "a/b", "x"],
    [new Blob(["x"]), null, "x"],
    [new Uint8Array([104, 105]), null, "hi"],
    [new Uint8Array([104, 105]).buffer, null, "hi"],
    [new DataView(new Uint8Array([104, 105]).buffer, 1), null, "i"],
    [5, "text/plain;charset=UTF-8", "5"],
  ]) {
    const r = post(body);
    equal([r.headers.get("content-type"), await r.text(), r.bodyUsed], [type, text, true]);
  }
  equal(post("x", { headers: { "Content-Type": "mine" } }).headers.get("content-type"), "mine");
  equal(post(form).headers.get("content-type").startsWith("multipart/form-data; boundary="), true);
});

test("every way to read", async () => {
  equal(await post('{"a":[1]}').json(), { a: [1] });
  equal(new Uint8Array(await post("hi").arrayBuffer()), new Uint8Array([104, 105]));
  const blob = await post("hi", { headers: { "Content-Type": "A/B" } }).blob();
  equal([await blob.text(), blob.type, blob.size], ["hi", "a/b", 2]);
  await rejects(post("{").json(), "SyntaxError");
  equal([await new Request("http://h/").text(), (await new Request("http://h/").arrayBuffer()).byteLength], ["", 0]);
});

test("a body is read once", async () => {
  const r = post("x");
  await r.text();
  await rejects(r.text(), "TypeError");
  await rejects(r.arrayBuffer(), "TypeError");
  throws(() => r.clone(), "TypeError");
  throws(() => new Request(r), "TypeError");
  const empty = new Request("http://h/");
  equal([await empty.text(), await empty.text(), empty.bodyUsed], ["", "", false]);
});

test("the stream of a body", async () => {
  const r = post("hello");
  same(r.body, r.body);
  equal(r.bodyUsed, false);
  const reader = r.body.getReader();
  await rejects(r.text(), "TypeError");
  equal(new TextDecoder().decode((await reader.read()).value), "hello");
  equal([r.bodyUsed, (await reader.read()).done], [true, true]);
  const read = post("x");
  await read.text();
  equal([read.body instanceof ReadableStream, read.bodyUsed], [true, true]);
});

test("a stream as the body", async () => {
  const source = () => new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104])); c.enqueue(new Uint8Array([105])); c.close(); } });
  equal(await post(source(), { duplex: "half" }).text(), "hi");
  throws(() => post(source()), "TypeError");
  const locked = source();
  locked.getReader();
  throws(() => post(locked, { duplex: "half" }), "TypeError");
  const texts = new ReadableStream({ start(c) { c.enqueue("text"); c.close(); } });
  await rejects(post(texts, { duplex: "half" }).text(), "TypeError");
  const broken = new ReadableStream({ start(c) { c.error(new EvalError("x")); } });
  await rejects(post(broken, { duplex: "half" }).text(), "EvalError");
});

test("a request of a request takes its body", async () => {
  const first = post("x", { headers: { "X-A": "1" } });
  const second = new Request(first, { headers: { "X-B": "2" } });
  equal([first.bodyUsed, second.bodyUsed, second.method, second.headers.get("x-a"), second.headers.get("x-b")], [true, false, "POST", null, "2"]);
  equal(await second.text(), "x");
  const third = new Request(post("old"), { body: "new", method: "PUT" });
  equal([third.method, await third.text()], ["PUT", "new"]);
  const opened = post("y");
  void opened.body;
  equal(await new Request(opened).text(), "y");
  equal(opened.bodyUsed, true);
});

test("a request as the init of another", async () => {
  const r = new Request("http://other/", post("moved", { headers: { "X-A": "1" } }));
  equal([r.url, r.method, r.headers.get("x-a"), await r.text()], ["http://other/", "POST", "1", "moved"]);
});

test("clone", async () => {
  for (const body of ["text", new Blob(["text"]), new Uint8Array([116, 101, 120, 116])]) {
    const a = post(body, { headers: { a: "1" } }), b = a.clone();
    b.headers.set("a", "2");
    equal([a.headers.get("a"), await a.text(), await b.text(), b.url, b.method], ["1", "text", "text", "http://h/", "POST"]);
  }
  const a = post("text");
  void a.body;
  const b = a.clone();
  equal([await b.text(), await a.text()], ["text", "text"]);
});

test("the signal follows", () => {
  const controller = new AbortController();
  const a = new Request("http://h/", { signal: controller.signal }), b = new Request(a), c = a.clone(), d = new Request(a, { signal: null });
  same(a.signal, a.signal);
  equal(a.signal === controller.signal, false);
  controller.abort("why");
  equal([a, b, c, d].map((r) => r.signal.aborted), [true, true, true, false]);
  equal(b.signal.reason, "why");
  throws(() => new Request("http://h/", { signal: 5 }), "TypeError");
});

test("forms come back", async () => {
  const form = new FormData();
  form.append("text", "line\nbreak");
  form.append("na\"me", "caf\u00e9");
  form.append("file", new File(["content"], "f\u00fc\".txt", { type: "text/x" }));
  form.append("empty", new File([], ""));
  const back = await post(form).formData();
  equal([...back.keys()], ["text", "na\"me", "file", "empty"]);
  equal([back.get("text"), back.get("na\"me")], ["line\r\nbreak", "caf\u00e9"]);
  const file = back.get("file");
  equal([file.name, file.type, await file.text(), file instanceof File], ["f\u00fc\".txt", "text/x", "content", true]);
  const query = await post(new URLSearchParams("a=1&b=2&a=3")).formData();
  equal(query.getAll("a"), ["1", "3"]);
  await rejects(post("x").formData(), "TypeError");
  await rejects(post("x", { headers: { "content-type": "multipart/form-data; boundary=b" } }).formData(), "TypeError");
});

test("wrong arguments", () => {
  throws(() => new Request(), "TypeError");
  throws(() => new Request("/relative"), "TypeError");
  throws(() => new Request("http://user:pass@h/"), "TypeError");
  throws(() => new Request("http://h/", { body: "x" }), "TypeError");
  throws(() => new Request("http://h/", { method: "HEAD", body: "x" }), "TypeError");
  throws(() => new Request("http://h/", { method: "a b" }), "TypeError");
  throws(() => new Request("http://h/", { method: "TRACE" }), "TypeError");
  throws(() => new Request("http://h/", { redirect: "x" }), "TypeError");
  throws(() => new Request("http://h/", { mode: "navigate" }), "TypeError");
});

test("a byte order mark is none of the text", async () => {
  const post = (body) => new Request("http://h/", { method: "POST", body });
  equal(await post("\ufeffx").text(), "x");
  equal(await post("\ufeff\ufeffx").text(), "\ufeffx");
  equal(await post(new Uint8Array([0xef, 0xbb, 0xbf, 0x78])).text(), "x");
  equal(await new Response("\ufeff{\"a\":1}").json(), { a: 1 });
  equal((await new Response("\ufeff").arrayBuffer()).byteLength, 3);
});
