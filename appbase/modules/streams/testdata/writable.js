test("chunks are written one at a time, in order, then close", async () => {
  const calls = [];
  let resolve;
  const stream = new WritableStream({
    start() { calls.push("start"); },
    write(chunk) { calls.push(chunk); return new Promise((r) => { resolve = r; }); },
    close() { calls.push("close"); },
  });
  const writer = stream.getWriter();
  const all = [writer.write("a"), writer.write("b"), writer.close()];
  await settled();
  equal(calls, ["start", "a"]);
  resolve();
  await settled();
  equal(calls, ["start", "a", "b"]);
  resolve();
  await Promise.all(all);
  await writer.closed;
  equal(calls, ["start", "a", "b", "close"]);
});

test("ready and desiredSize tell of backpressure", async () => {
  let resolve;
  const writer = new WritableStream({ write() { return new Promise((r) => { resolve = r; }); } }, { highWaterMark: 2 }).getWriter();
  await writer.ready;
  equal(writer.desiredSize, 2);
  writer.write(1);
  equal(writer.desiredSize, 1);
  writer.write(2);
  equal(writer.desiredSize, 0);
  let ready = false;
  writer.ready.then(() => { ready = true; });
  await settled();
  equal(ready, false);
  resolve();
  await settled();
  equal([ready, writer.desiredSize], [true, 1]);
});

test("a write that fails errors the stream", async () => {
  const error = new Error("disk full"), closed = [];
  const writer = new WritableStream({ write() { throw error; }, close() { closed.push(1); } }).getWriter();
  const first = writer.write(1), second = writer.write(2), close = writer.close();
  await rejects(first, error);
  await rejects(second, error);
  await rejects(close, error);
  await rejects(writer.closed, error);
  await rejects(writer.ready, error);
  await rejects(writer.write(3), error);
  equal([writer.desiredSize, closed.length], [null, 0]);
});

test("abort drops what waits and tells the sink", async () => {
  const calls = [];
  let resolve, signal;
  const stream = new WritableStream({
    start(c) { signal = c.signal; },
    write(chunk) { calls.push(chunk); return new Promise((r) => { resolve = r; }); },
    abort(reason) { calls.push(["abort", reason]); },
  });
  const writer = stream.getWriter();
  const first = writer.write(1), second = writer.write(2);
  second.catch(() => {});
  writer.closed.catch(() => {});
  await settled();
  const aborted = writer.abort("why");
  equal([signal.aborted, signal.reason], [true, "why"]);
  await settled();
  equal(calls, [1]);
  resolve();
  await first;
  equal(await aborted, undefined);
  equal(calls, [1, ["abort", "why"]]);
  try { await second; } catch (e) { equal(e, "why"); }
  try { await writer.closed; } catch (e) { equal(e, "why"); }
});

test("controller.error errors at once", async () => {
  let controller;
  const error = new Error("x");
  const stream = new WritableStream({ start(c) { controller = c; } });
  const writer = stream.getWriter();
  controller.error(error);
  controller.error("again");
  await rejects(writer.closed, error);
  await rejects(writer.close(), "TypeError");
  equal(await writer.abort(), undefined);
});

test("start that fails", async () => {
  const error = new Error("x");
  throws(() => new WritableStream({ start() { throw error; } }), error);
  const writer = new WritableStream({ start() { return Promise.reject(error); } }).getWriter();
  await rejects(writer.closed, error);
});

test("close that fails", async () => {
  const error = new Error("x");
  const writer = new WritableStream({ close() { throw error; } }).getWriter();
  await rejects(writer.close(), error);
  await rejects(writer.closed, error);
});

test("locks", async () => {
  const stream = new WritableStream();
  equal(stream.locked, false);
  const writer = stream.getWriter();
  throws(() => stream.getWriter(), "TypeError");
  await rejects(stream.close(), "TypeError");
  await rejects(stream.abort(), "TypeError");
  const { closed } = writer;
  writer.releaseLock();
  await rejects(closed, "TypeError");
  await rejects(writer.write(1), "TypeError");
  throws(() => writer.desiredSize, "TypeError");
  await stream.close();
  await rejects(stream.close(), "TypeError");
  const late = new WritableStreamDefaultWriter(stream);
  equal(await late.closed, undefined);
  await rejects(late.write(1), "TypeError");
  throws(() => new WritableStream({ type: "bytes" }), "RangeError");
  throws(() => new WritableStreamDefaultController(), "TypeError");
});

test("the size of a chunk counts", async () => {
  const writer = new WritableStream({ write: () => new Promise(() => {}) }, { highWaterMark: 10, size: (s) => s.length }).getWriter();
  writer.write("abcd");
  equal(writer.desiredSize, 6);
  const bad = new WritableStream({}, { size() { throw new EvalError(); } }).getWriter();
  await rejects(bad.write(1), "EvalError");
});
