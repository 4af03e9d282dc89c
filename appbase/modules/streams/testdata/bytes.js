const bytes = (...n) => new Uint8Array(n);

test("a byte stream gives its chunks to a default reader", async () => {
  const chunk = bytes(1, 2, 3);
  const reader = new ReadableStream({ type: "bytes", start(c) { c.enqueue(chunk); c.close(); } }).getReader();
  equal(await reader.read(), { value: bytes(1, 2, 3), done: false });
  equal(chunk.byteLength, 0, "length of the chunk that was given away");
  equal((await reader.read()).done, true);
});

test("a byob reader fills the view it was given", async () => {
  const reader = new ReadableStream({ type: "bytes", start(c) { c.enqueue(bytes(1, 2, 3, 4, 5)); } }).getReader({ mode: "byob" });
  const view = new Uint8Array(3);
  equal(await reader.read(view), { value: bytes(1, 2, 3), done: false });
  equal(view.byteLength, 0);
  equal(await reader.read(new Uint8Array(new ArrayBuffer(8), 2, 4)), { value: bytes(4, 5), done: false });
});

test("byob reads wait for bytes, and end with an empty view", async () => {
  let controller;
  const reader = new ReadableStream({ type: "bytes", start(c) { controller = c; } }).getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(4));
  controller.enqueue(bytes(9));
  equal((await read).value, bytes(9));
  const last = reader.read(new Uint8Array(4));
  controller.close();
  controller.byobRequest.respond(0);
  equal(await last, { value: bytes(), done: true });
});

test("pull answers through byobRequest", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    pull(c) {
      const { view } = c.byobRequest;
      view[0] = 7;
      view[1] = 8;
      c.byobRequest.respond(2);
    },
  });
  const { value } = await stream.getReader({ mode: "byob" }).read(new Uint8Array(5));
  equal([Array.from(value), value.buffer.byteLength], [[7, 8], 5]);
});

test("respondWithNewView", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    pull(c) {
      const { view } = c.byobRequest;
      throws(() => c.byobRequest.respondWithNewView(new Uint8Array(9)), "RangeError");
      view.fill(3);
      c.byobRequest.respondWithNewView(new Uint8Array(view.buffer, view.byteOffset, 2));
      equal(c.byobRequest, null);
    },
  });
  equal((await stream.getReader({ mode: "byob" }).read(new Uint8Array(4))).value, bytes(3, 3));
});

test("autoAllocateChunkSize makes requests for default readers", async () => {
  const sizes = [];
  const stream = new ReadableStream({
    type: "bytes", autoAllocateChunkSize: 16,
    pull(c) { sizes.push(c.byobRequest.view.byteLength); c.byobRequest.view[0] = 1; c.byobRequest.respond(1); },
  });
  equal((await stream.getReader().read()).value, bytes(1));
  equal(sizes, [16]);
  throws(() => new ReadableStream({ type: "bytes", autoAllocateChunkSize: 0 }), "TypeError");
});

test("views of wider elements get whole elements", async () => {
  let controller;
  const reader = new ReadableStream({ type: "bytes", start(c) { controller = c; } }).getReader({ mode: "byob" });
  const read = reader.read(new Uint16Array(2));
  controller.enqueue(bytes(1));
  controller.enqueue(bytes(0, 2));
  const { value } = await read;
  equal([value.constructor.name, Array.from(value)], ["Uint16Array", [1]]);
  equal((await reader.read(new Uint8Array(4))).value, bytes(2));
});

test("a stream cannot end inside an element", async () => {
  let controller;
  const reader = new ReadableStream({ type: "bytes", start(c) { controller = c; } }).getReader({ mode: "byob" });
  const read = reader.read(new Uint16Array(2));
  controller.enqueue(bytes(1));
  throws(() => controller.close(), "TypeError");
  await rejects(read, "TypeError");
});

test("a reader of the other kind may follow", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start(c) { controller = c; } });
  const byob = stream.getReader({ mode: "byob" }), read = byob.read(new Uint8Array(4));
  byob.releaseLock();
  await rejects(read, "TypeError");
  const reader = stream.getReader(), next = reader.read();
  equal(controller.byobRequest.view.byteLength, 4);
  controller.enqueue(bytes(5));
  equal((await next).value, bytes(5));
});

test("wrong views and chunks", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start(c) { controller = c; } });
  for (const wrong of ["text", [], new Uint8Array(0)]) throws(() => controller.enqueue(wrong), "TypeError");
  const reader = stream.getReader({ mode: "byob" });
  for (const wrong of [undefined, "x", new Uint8Array(0)]) await rejects(reader.read(wrong), "TypeError");
  throws(() => new ReadableStreamBYOBReader(new ReadableStream()), "TypeError");
  throws(() => new ReadableStreamBYOBRequest(), "TypeError");
  equal([controller.desiredSize, controller.byobRequest], [0, null]);
});

test("tee of a byte stream gives bytes of their own to each branch", async () => {
  const stream = new ReadableStream({ type: "bytes", start(c) { c.enqueue(bytes(1, 2)); c.close(); } });
  const [a, b] = stream.tee();
  const one = (await a.getReader().read()).value, two = (await b.getReader({ mode: "byob" }).read(new Uint8Array(9))).value;
  equal([one, two], [bytes(1, 2), bytes(1, 2)]);
  equal(one.buffer === two.buffer, false);
});

test("branches of a byte stream may both be byob, and end", async () => {
  let controller;
  const [a, b] = new ReadableStream({ type: "bytes", start(c) { controller = c; } }).tee();
  const ra = a.getReader({ mode: "byob" }), rb = b.getReader({ mode: "byob" });
  const reads = [ra.read(new Uint8Array(4)), rb.read(new Uint8Array(2))];
  await settled();
  controller.enqueue(bytes(1, 2, 3));
  equal((await Promise.all(reads)).map((r) => r.value), [bytes(1, 2, 3), bytes(1, 2)]);
  const last = [ra.read(new Uint8Array(4)), rb.read(new Uint8Array(4)).then(() => rb.read(new Uint8Array(4)))];
  await settled();
  controller.close();
  controller.byobRequest?.respond(0);
  equal((await Promise.all(last)).map((r) => r.done), [true, true]);
});

test("cancel forgets the queue and the requests", async () => {
  let why;
  const stream = new ReadableStream({ type: "bytes", start(c) { c.enqueue(bytes(1)); }, cancel(r) { why = r; } });
  const reader = stream.getReader({ mode: "byob" });
  await reader.cancel("enough");
  equal(why, "enough");
  equal(await reader.read(new Uint8Array(1)), { value: bytes(), done: true });
});
