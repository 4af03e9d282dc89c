const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};
const through = (transform, ...chunks) => collect(ReadableStream.from(chunks).pipeThrough(transform));

test("without a transformer chunks pass", async () => {
  equal(await through(new TransformStream(), 1, 2), [1, 2]);
});

test("one chunk may become none or many, and flush has the last word", async () => {
  const t = new TransformStream({
    start(c) { c.enqueue("start"); },
    transform(n, c) { for (let i = 0; i < n; i++) c.enqueue(n); },
    async flush(c) { await null; c.enqueue("end"); },
  }, undefined, { highWaterMark: 5 });
  equal(await through(t, 0, 1, 2), ["start", 1, 2, 2, "end"]);
});

test("a transform that fails errors both sides", async () => {
  const error = new EvalError("x"), t = new TransformStream({ transform() { throw error; } });
  const writer = t.writable.getWriter(), reader = t.readable.getReader();
  const read = reader.read();
  await rejects(writer.write(1), error);
  await rejects(read, error);
  await rejects(writer.closed, error);
});

test("terminate closes one side and errors the other", async () => {
  const t = new TransformStream({ transform(chunk, c) { c.enqueue(chunk); c.terminate(); } });
  const writer = t.writable.getWriter();
  const write = writer.write("only");
  equal(await collect(t.readable), ["only"]);
  await write;
  await rejects(writer.closed, "TypeError");
});

test("writes wait until somebody reads", async () => {
  const t = new TransformStream(), writer = t.writable.getWriter();
  let written = 0;
  writer.write(1).then(() => written++);
  await settled();
  equal(written, 0);
  const reader = t.readable.getReader();
  equal((await reader.read()).value, 1);
  await settled();
  equal(written, 1);
});

test("cancel of the readable side errors the writable one", async () => {
  const t = new TransformStream(), writer = t.writable.getWriter();
  await t.readable.cancel("enough");
  try { await writer.closed; throw new Error("open"); } catch (e) { equal(e, "enough"); }
});

test("abort of the writable side errors the readable one", async () => {
  const t = new TransformStream(), reader = t.readable.getReader();
  await t.writable.abort("enough");
  try { await reader.read(); throw new Error("open"); } catch (e) { equal(e, "enough"); }
});

test("flush that fails", async () => {
  const error = new EvalError("x");
  await rejects(through(new TransformStream({ flush() { throw error; } }), 1), error);
});

test("wrong arguments", () => {
  throws(() => new TransformStream(null), "TypeError");
  throws(() => new TransformStream({ transform: 1 }), "TypeError");
  throws(() => new TransformStream({ readableType: "bytes" }), "RangeError");
  throws(() => new TransformStream({ writableType: "bytes" }), "RangeError");
  throws(() => new TransformStreamDefaultController(), "TypeError");
});
