// The cancel of a transformer, and min of a byob read: newer than some engines.
test("a transformer's cancel is told of both ends", async () => {
  const calls = [];
  const make = () => new TransformStream({ cancel(reason) { calls.push(reason); } });
  await make().readable.cancel("read");
  await make().writable.abort("write");
  equal(calls, ["read", "write"]);
  const error = new EvalError("x");
  await rejects(new TransformStream({ cancel() { throw error; } }).readable.cancel(), error);
});

test("a byob read waits for as much as it asks for", async () => {
  let controller;
  const reader = new ReadableStream({ type: "bytes", start(c) { controller = c; } }).getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(4), { min: 3 });
  controller.enqueue(new Uint8Array([1, 2]));
  let ended = false;
  read.then(() => { ended = true; });
  await settled();
  equal(ended, false);
  controller.enqueue(new Uint8Array([3]));
  equal((await read).value, new Uint8Array([1, 2, 3]));
  await rejects(reader.read(new Uint8Array(2), { min: 3 }), "RangeError");
  await rejects(reader.read(new Uint8Array(2), { min: 0 }), "TypeError");
});
