const source = (...chunks) => new ReadableStream({ start(c) { chunks.forEach((x) => c.enqueue(x)); c.close(); } });
function sink() {
  const calls = [];
  return {
    calls,
    stream: new WritableStream({ write(c) { calls.push(c); }, close() { calls.push("close"); }, abort(r) { calls.push(["abort", r]); } }),
  };
}

test("pipeTo moves everything and closes", async () => {
  const from = source(1, 2, 3), to = sink();
  const done = from.pipeTo(to.stream);
  equal([from.locked, to.stream.locked], [true, true]);
  equal(await done, undefined);
  equal([from.locked, to.stream.locked], [false, false]);
  equal(to.calls, [1, 2, 3, "close"]);
});

test("preventClose", async () => {
  const to = sink();
  await source(1).pipeTo(to.stream, { preventClose: true });
  await source(2).pipeTo(to.stream);
  equal(to.calls, [1, 2, "close"]);
});

test("an error of the source aborts the destination", async () => {
  const error = new EvalError("x"), to = sink();
  const broken = () => new ReadableStream({ start(c) { c.error(error); } });
  await rejects(broken().pipeTo(to.stream), error);
  equal(to.calls.map((c) => c[0]), ["abort"]);
  const kept = sink();
  await rejects(broken().pipeTo(kept.stream, { preventAbort: true }), error);
  equal(kept.calls, []);
});

test("what was read is written before the abort", async () => {
  let controller;
  const to = sink(), done = new ReadableStream({ start(c) { controller = c; c.enqueue(1); } }).pipeTo(to.stream);
  await settled();
  controller.error("late");
  try { await done; } catch (e) { equal(e, "late"); }
  equal(to.calls, [1, ["abort", "late"]]);
});

test("an error of the destination cancels the source", async () => {
  const error = new EvalError("x"), reasons = [];
  const from = () => new ReadableStream({ pull(c) { c.enqueue(1); }, cancel(r) { reasons.push(r); } });
  await rejects(from().pipeTo(new WritableStream({ write() { throw error; } })), error);
  equal(reasons.length === 1 && reasons[0] === error, true);
  await rejects(from().pipeTo(new WritableStream({ write() { throw error; } }), { preventCancel: true }), error);
  equal(reasons.length, 1);
});

test("a closed destination cancels the source", async () => {
  let why;
  const closed = new WritableStream();
  await closed.close();
  await rejects(new ReadableStream({ cancel(r) { why = r; } }).pipeTo(closed), "TypeError");
  equal(why.name, "TypeError");
});

test("a signal ends a pipe on both sides", async () => {
  let why;
  const controller = new AbortController(), to = sink();
  const done = new ReadableStream({ start(c) { c.enqueue(1); }, cancel(r) { why = r; } }).pipeTo(to.stream, { signal: controller.signal });
  await settled();
  controller.abort("stop");
  try { await done; throw new Error("not rejected"); } catch (e) { equal(e, "stop"); }
  equal([why, to.calls], ["stop", [1, ["abort", "stop"]]]);
  const late = sink();
  await rejects(source(1).pipeTo(late.stream, { signal: AbortSignal.abort() }), "AbortError");
  await rejects(source(1).pipeTo(late.stream, { signal: 5 }), "TypeError");
});

test("backpressure reaches the source", async () => {
  let pulled = 0, resolve;
  const from = new ReadableStream({ pull(c) { c.enqueue(pulled++); } }, { highWaterMark: 0 });
  from.pipeTo(new WritableStream({ write() { return new Promise((r) => { resolve = r; }); } }, { highWaterMark: 1 })).catch(() => {});
  await settled();
  equal(pulled, 1);
  resolve();
  await settled();
  equal(pulled, 2);
});

test("pipeThrough", async () => {
  const upper = new TransformStream({ transform(chunk, c) { c.enqueue(chunk.toUpperCase()); } });
  const got = [];
  for await (const chunk of source("a", "b").pipeThrough(upper)) got.push(chunk);
  equal(got, ["A", "B"]);
  throws(() => source().pipeThrough({}), "TypeError");
  throws(() => source().pipeThrough(5), "TypeError");
  await rejects(source().pipeTo({}), "TypeError");
  const locked = source();
  locked.getReader();
  await rejects(locked.pipeTo(new WritableStream()), "TypeError");
  throws(() => locked.pipeThrough(new TransformStream()), "TypeError");
});
