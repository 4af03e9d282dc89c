const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};

test("chunks come in order, then the end", async () => {
  const stream = new ReadableStream({ start(c) { c.enqueue("a"); c.enqueue("b"); c.close(); } });
  const reader = stream.getReader();
  equal([await reader.read(), await reader.read(), await reader.read(), await reader.read()],
    [{ value: "a", done: false }, { value: "b", done: false }, { value: undefined, done: true }, { value: undefined, done: true }]);
  equal(await reader.closed, undefined);
});

test("reads that wait are served in order", async () => {
  let controller;
  const reader = new ReadableStream({ start(c) { controller = c; } }).getReader();
  const reads = [reader.read(), reader.read(), reader.read()];
  controller.enqueue(1);
  controller.enqueue(2);
  controller.close();
  equal((await Promise.all(reads)).map((r) => r.value), [1, 2, undefined]);
});

test("pull is called once at a time and only while there is room", async () => {
  const calls = [];
  let resolve;
  const stream = new ReadableStream({ pull(c) { calls.push(c.desiredSize); return new Promise((r) => { resolve = r; }); } }, { highWaterMark: 2 });
  await settled();
  equal(calls, [2]);
  const reader = stream.getReader();
  const read = reader.read();
  await settled();
  equal(calls, [2]);
  resolve();
  await settled();
  equal(calls, [2, 2]);
  void read;
});

test("a pull that enqueues is asked until the queue is full", async () => {
  let n = 0;
  const stream = new ReadableStream({ pull(c) { c.enqueue(n++); } }, { highWaterMark: 3 });
  await settled();
  equal(n, 3);
  const reader = stream.getReader();
  equal((await reader.read()).value, 0);
  await settled();
  equal(n, 4);
});

test("start may return a promise, and its rejection errors the stream", async () => {
  let pulled = 0, go;
  const stream = new ReadableStream({ start() { return new Promise((r) => { go = r; }); }, pull() { pulled++; } });
  await settled();
  equal(pulled, 0);
  go();
  await settled();
  equal(pulled, 1);
  void stream;
  const failed = new ReadableStream({ async start() { throw new RangeError("no"); } });
  await rejects(failed.getReader().read(), "RangeError");
  throws(() => new ReadableStream({ start() { throw new RangeError("no"); } }), "RangeError");
});

test("a pull that fails errors the stream", async () => {
  const error = new Error("broken");
  const reader = new ReadableStream({ pull() { throw error; } }).getReader();
  await rejects(reader.read(), error);
  await rejects(reader.closed, error);
  await rejects(reader.cancel(), error);
});

test("error drops what is queued", async () => {
  let controller;
  const stream = new ReadableStream({ start(c) { controller = c; c.enqueue(1); } });
  controller.error("why");
  equal(controller.desiredSize, null);
  throws(() => controller.enqueue(1), "TypeError");
  throws(() => controller.close(), "TypeError");
  controller.error("again");
  await rejects(stream.getReader().read(), "why").catch(() => {});
  try { await stream.cancel(); } catch (e) { equal(e.name, "TypeError"); }
});

test("cancel tells the source, once", async () => {
  const reasons = [];
  const stream = new ReadableStream({ start(c) { c.enqueue(1); }, cancel(reason) { reasons.push(reason); return "ignored"; } });
  const reader = stream.getReader();
  await rejects(stream.cancel(), "TypeError");
  equal(await reader.cancel("enough"), undefined);
  equal(await reader.cancel("more"), undefined);
  equal(await reader.read(), { value: undefined, done: true });
  equal(reasons, ["enough"]);
  await rejects(new ReadableStream({ cancel() { throw new EvalError(); } }).cancel(), "EvalError");
});

test("one reader at a time", async () => {
  const stream = new ReadableStream();
  equal(stream.locked, false);
  const reader = stream.getReader();
  equal(stream.locked, true);
  throws(() => stream.getReader(), "TypeError");
  throws(() => new ReadableStreamDefaultReader(stream), "TypeError");
  const read = reader.read(), closed = reader.closed;
  reader.releaseLock();
  reader.releaseLock();
  await rejects(read, "TypeError");
  await rejects(closed, "TypeError");
  await rejects(reader.read(), "TypeError");
  await rejects(reader.cancel(), "TypeError");
  equal(stream.locked, false);
  const next = new ReadableStreamDefaultReader(stream);
  equal(next instanceof ReadableStreamDefaultReader, true);
});

test("wrong arguments", () => {
  throws(() => new ReadableStream(null), "TypeError");
  throws(() => new ReadableStream({ pull: 1 }), "TypeError");
  throws(() => new ReadableStream({ type: "text" }), "TypeError");
  throws(() => new ReadableStream({}, { highWaterMark: -1 }), "RangeError");
  throws(() => new ReadableStream({}, { highWaterMark: NaN }), "RangeError");
  throws(() => new ReadableStream({ type: "bytes" }, { size() {} }), "RangeError");
  throws(() => new ReadableStream().getReader({ mode: "byob" }), "TypeError");
  throws(() => new ReadableStream().getReader({ mode: "x" }), "TypeError");
  throws(() => new ReadableStreamDefaultController(), "TypeError");
  throws(() => new ReadableByteStreamController(), "TypeError");
});

test("a strategy counts as it says", async () => {
  let controller;
  new ReadableStream({ start(c) { controller = c; } }, new ByteLengthQueuingStrategy({ highWaterMark: 10 }));
  equal(controller.desiredSize, 10);
  controller.enqueue(new Uint8Array(4));
  equal(controller.desiredSize, 6);
  new ReadableStream({ start(c) { controller = c; } }, new CountQueuingStrategy({ highWaterMark: 2 }));
  controller.enqueue(1);
  equal(controller.desiredSize, 1);
  equal([new CountQueuingStrategy({ highWaterMark: 2 }).size(), new ByteLengthQueuingStrategy({ highWaterMark: 2 }).size({ byteLength: 7 })], [1, 7]);
  const bad = new ReadableStream({ start(c) { controller = c; } }, { size: () => -1, highWaterMark: 5 });
  throws(() => controller.enqueue(1), "RangeError");
  await rejects(bad.getReader().read(), "RangeError");
});

test("async iteration ends with the stream and cancels it on the way out", async () => {
  equal(await collect(new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close(); } })), [1, 2]);
  const reasons = [];
  const endless = () => new ReadableStream({ pull(c) { c.enqueue(1); }, cancel(r) { reasons.push(r); } });
  const stream = endless();
  for await (const chunk of stream) { void chunk; break; }
  equal([reasons.length, stream.locked], [1, false]);
  const kept = endless();
  for await (const chunk of kept.values({ preventCancel: true })) { void chunk; break; }
  equal([reasons.length, kept.locked], [1, false]);
  const iterator = endless().values(), steps = [iterator.next(), iterator.next(), iterator.return("r"), iterator.next()];
  equal((await Promise.all(steps)).map((s) => s.done), [false, false, true, true]);
});

test("async iteration throws what the stream throws", async () => {
  const error = new Error("x"), stream = new ReadableStream({ start(c) { c.error(error); } });
  await rejects(collect(stream), error);
  equal(stream.locked, false);
});

test("from takes iterables of all kinds", async () => {
  equal(await collect(ReadableStream.from(["a", Promise.resolve("b")])), ["a", "b"]);
  equal(await collect(ReadableStream.from("hi")), ["h", "i"]);
  equal(await collect(ReadableStream.from((async function* () { yield 1; yield 2; })())), [1, 2]);
  equal(await collect(ReadableStream.from(new ReadableStream({ start(c) { c.enqueue(7); c.close(); } }))), [7]);
  for (const wrong of [undefined, null, 5, {}, () => {}]) throws(() => ReadableStream.from(wrong), "TypeError");
});

test("from is lazy, and cancel returns the iterator", async () => {
  const calls = [];
  async function* generate() {
    try { calls.push("start"); yield 1; yield 2; } finally { calls.push("end"); }
  }
  const stream = ReadableStream.from(generate());
  await settled();
  equal(calls, []);
  const reader = stream.getReader();
  equal((await reader.read()).value, 1);
  await reader.cancel("r");
  equal(calls, ["start", "end"]);
});

test("from passes on what the iterable throws", async () => {
  await rejects(collect(ReadableStream.from((async function* () { yield 1; throw new EvalError("x"); })())), "EvalError");
});

test("tee gives both branches everything", async () => {
  const [a, b] = new ReadableStream({ start(c) { c.enqueue("x"); c.enqueue("y"); c.close(); } }).tee();
  equal([await collect(a), await collect(b)], [["x", "y"], ["x", "y"]]);
});

test("tee cancels when both branches are canceled, with both reasons", async () => {
  let reasons;
  const stream = new ReadableStream({ cancel(r) { reasons = r; } });
  const [a, b] = stream.tee();
  equal(stream.locked, true);
  const first = a.cancel("one");
  await settled();
  equal(reasons, undefined);
  await Promise.all([first, b.cancel("two")]);
  equal(reasons, ["one", "two"]);
});

test("tee passes on an error", async () => {
  let controller;
  const error = new Error("x"), [a, b] = new ReadableStream({ start(c) { controller = c; } }).tee();
  const reads = [a.getReader().read(), b.getReader().read()];
  controller.error(error);
  await rejects(reads[0], error);
  await rejects(reads[1], error);
});

test("tee reads only as fast as the faster branch", async () => {
  let pulled = 0;
  const [a] = new ReadableStream({ pull(c) { c.enqueue(pulled++); } }, { highWaterMark: 0 }).tee();
  await settled();
  equal(pulled, 1);
  const reader = a.getReader();
  await reader.read();
  await settled();
  equal(pulled, 2);
});
