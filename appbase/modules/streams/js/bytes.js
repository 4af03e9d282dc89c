// ReadableByteStreamController and ReadableStreamBYOBRequest (Streams standard 4.7, 4.8, 4.9.5). The queue holds pieces
// { buffer, offset, length }; pending are the places that readers gave to be filled.
let byobRequestOf;

class ReadableStreamBYOBRequest {
  #controller; #view;
  static {
    byobRequestOf = {
      make(controller, view) {
        const request = new ReadableStreamBYOBRequest(INTERNAL);
        request.#controller = controller;
        request.#view = view;
        return request;
      },
      invalidate(request) {
        request.#controller = undefined;
        request.#view = null;
      },
    };
  }
  constructor(token) { if (token !== INTERNAL) illegal("ReadableStreamBYOBRequest"); }
  get view() { return this.#view; }
  respond(written) {
    const controller = this.#controller;
    if (arguments.length === 0) fail("respond needs the number of bytes written");
    const n = wholeNumber(written, "the number of bytes written");
    if (controller === undefined) fail("the request was answered already");
    if (isDetached(this.#view.buffer)) fail("the view's buffer is detached");
    respond(controller, n);
  }
  respondWithNewView(view) {
    if (!ArrayBuffer.isView(view)) fail("respondWithNewView takes a view of a buffer");
    if (this.#controller === undefined) fail("the request was answered already");
    if (isDetached(view.buffer)) fail("the view's buffer is detached");
    respondWithView(this.#controller, view);
  }
}
tag(ReadableStreamBYOBRequest, "ReadableStreamBYOBRequest");

class ReadableByteStreamController {
  #controller;
  constructor(token, state) {
    if (token !== INTERNAL) illegal("ReadableByteStreamController");
    this.#controller = state;
  }
  get byobRequest() { return byobRequest(this.#controller); }
  get desiredSize() { return desiredSize(this.#controller); }
  close() {
    if (!canEnqueue(this.#controller)) fail("the stream cannot be closed: it is closed, closing or errored");
    closeBytes(this.#controller);
  }
  enqueue(chunk) {
    if (!ArrayBuffer.isView(chunk)) fail("a byte stream takes typed arrays and DataViews");
    if (chunk.byteLength === 0 || chunk.buffer.byteLength === 0) fail("a byte stream takes no empty chunk");
    if (!canEnqueue(this.#controller)) fail("the stream takes no chunk: it is closed, closing or errored");
    enqueueBytes(this.#controller, chunk);
  }
  error(reason = undefined) { errorBytes(this.#controller, reason); }
}
tag(ReadableByteStreamController, "ReadableByteStreamController");

function setUpBytesFrom(stream, from, mark) {
  if (from.autoAllocate === 0) fail("autoAllocateChunkSize must be above 0");
  const [start, pull, cancel] = algorithmsOf(from, () => stream.controller.self);
  setUpBytes(stream, start, pull, cancel, mark, from.autoAllocate);
}

function setUpBytes(stream, start, pull, cancel, mark, autoAllocate) {
  const c = {
    stream, steps: byteSteps, bytes: true, queue: new SizedQueue(), started: false, closeRequested: false,
    pulling: false, pullAgain: false, mark, pull, cancel, autoAllocate, byobRequest: null, pending: new Queue(), self: null,
  };
  c.self = new ReadableByteStreamController(INTERNAL, c);
  stream.controller = c;
  begin(c, start, errorBytes);
}

function clearBytes(c) { c.pull = c.cancel = undefined; }

function closeBytes(c) {
  if (!canEnqueue(c)) return;
  if (c.queue.total > 0) {
    c.closeRequested = true;
    return;
  }
  const { first } = c.pending;
  if (first && first.filled % first.elementSize !== 0) {
    const error = new TypeError("the stream ends inside an element of the view that is being filled");
    errorBytes(c, error);
    throw error;
  }
  clearBytes(c);
  closeReadable(c.stream);
}

function errorBytes(c, error) {
  if (c.stream.state !== "readable") return;
  invalidateRequest(c);
  c.pending.clear();
  c.queue.reset();
  clearBytes(c);
  errorReadable(c.stream, error);
}

function enqueueBytes(c, chunk) {
  if (!canEnqueue(c)) return;
  const { stream } = c, { buffer, byteOffset, byteLength } = chunk;
  if (isDetached(buffer)) fail("the chunk's buffer is detached");
  const moved = transfer(buffer), { first } = c.pending;
  if (first) {
    if (isDetached(first.buffer)) fail("the buffer of the byob request is detached");
    invalidateRequest(c);
    first.buffer = transfer(first.buffer);
    if (first.kind === "none") enqueueDetached(c, first);
  }
  if (hasDefaultReader(stream)) {
    while (waitingReads(stream) > 0 && c.queue.total > 0) readFromQueue(c, stream.reader.requests.shift());
    if (waitingReads(stream) === 0) addPiece(c, moved, byteOffset, byteLength);
    else {
      if (c.pending.length > 0) c.pending.shift();
      fulfillRead(stream, new Uint8Array(moved, byteOffset, byteLength), false);
    }
  } else {
    addPiece(c, moved, byteOffset, byteLength);
    if (hasByobReader(stream)) fillPending(c).forEach((d) => commit(stream, d));
  }
  pullIfNeeded(c);
}

function addPiece(c, buffer, offset, length) { c.queue.add({ buffer, offset, length }, length); }

function addCopy(c, buffer, offset, length) {
  try {
    addPiece(c, buffer.slice(offset, offset + length), 0, length);
  } catch (error) {
    errorBytes(c, error);
    throw error;
  }
}

/** Gives the queue what a place without a reader was filled with. */
function enqueueDetached(c, descriptor) {
  if (descriptor.filled > 0) addCopy(c, descriptor.buffer, descriptor.offset, descriptor.filled);
  shiftPending(c);
}

function shiftPending(c) {
  invalidateRequest(c);
  return c.pending.shift();
}

function invalidateRequest(c) {
  if (c.byobRequest === null) return;
  byobRequestOf.invalidate(c.byobRequest);
  c.byobRequest = null;
}

function byobRequest(c) {
  const { first } = c.pending;
  if (c.byobRequest === null && first) {
    c.byobRequest = byobRequestOf.make(c, new Uint8Array(first.buffer, first.offset + first.filled, first.length - first.filled));
  }
  return c.byobRequest;
}

/** Moves bytes of the queue into a place; true when it has as many as were asked for. */
function fillFromQueue(c, d) {
  const most = Math.min(c.queue.total, d.length - d.filled);
  const whole = (d.filled + most) - (d.filled + most) % d.elementSize;
  const ready = whole >= d.least;
  for (let left = ready ? whole - d.filled : most; left > 0;) {
    const item = c.queue.first, piece = item.value, n = Math.min(left, piece.length);
    host.copy(d.buffer, d.offset + d.filled, piece.buffer, piece.offset, n);
    piece.offset += n;
    piece.length -= n;
    item.size -= n;
    c.queue.total -= n;
    if (piece.length === 0) c.queue.shift();
    d.filled += n;
    left -= n;
  }
  return ready;
}

function fillPending(c) {
  const filled = [];
  while (c.pending.length > 0 && c.queue.total > 0) {
    if (!fillFromQueue(c, c.pending.first)) break;
    filled.push(shiftPending(c));
  }
  return filled;
}

function viewOf(d) { return new d.View(transfer(d.buffer), d.offset, d.filled / d.elementSize); }

function commit(stream, d) {
  const view = viewOf(d), done = stream.state === "closed";
  fulfillRead(stream, done && d.kind === "default" ? undefined : view, done);
}

function drained(c) {
  if (c.queue.total > 0 || !c.closeRequested) {
    pullIfNeeded(c);
    return;
  }
  clearBytes(c);
  closeReadable(c.stream);
}

function readFromQueue(c, request) {
  const { buffer, offset, length } = c.queue.take();
  drained(c);
  request.chunk(new Uint8Array(buffer, offset, length));
}

const views = { __proto__: null };
for (const name of ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"]) views[name] = globalThis[name];
const typeOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function pullInto(c, view, least, request) {
  const { stream } = c, View = views[apply(typeOf, view, [])] ?? DataView, elementSize = view.BYTES_PER_ELEMENT ?? 1;
  const { byteOffset, byteLength } = view;
  let buffer;
  try {
    buffer = transfer(view.buffer);
  } catch (error) {
    request.error(error);
    return;
  }
  const d = {
    buffer, size: buffer.byteLength, offset: byteOffset, length: byteLength, filled: 0, least: least * elementSize, elementSize, View, kind: "byob",
  };
  if (c.pending.length === 0) {
    if (stream.state === "closed") return request.close(new View(d.buffer, d.offset, 0));
    if (c.queue.total > 0) {
      if (fillFromQueue(c, d)) {
        const filled = viewOf(d);
        drained(c);
        return request.chunk(filled);
      }
      if (c.closeRequested) {
        const error = new TypeError("the stream ends before the view has as much as was asked for");
        errorBytes(c, error);
        return request.error(error);
      }
    }
  }
  c.pending.push(d);
  addReadRequest(stream, request);
  pullIfNeeded(c);
}

function respond(c, written) {
  const { first } = c.pending;
  if (c.stream.state === "closed") {
    if (written !== 0) fail("the stream is closed: respond with 0");
  } else {
    if (written === 0) fail("respond with more than 0 bytes, or close the stream");
    if (first.filled + written > first.length) throw new RangeError("more bytes were written than the view has room for");
  }
  first.buffer = transfer(first.buffer);
  respondWith(c, written);
}

function respondWithView(c, view) {
  const { first } = c.pending, { byteLength } = view;
  if (c.stream.state === "closed") {
    if (byteLength !== 0) fail("the stream is closed: respond with an empty view");
  } else if (byteLength === 0) fail("respond with more than 0 bytes, or close the stream");
  if (first.offset + first.filled !== view.byteOffset) throw new RangeError("the view begins elsewhere than the request's");
  if (first.size !== view.buffer.byteLength) throw new RangeError("the view's buffer has another size than the request's");
  if (first.filled + byteLength > first.length) throw new RangeError("the view is longer than the request's");
  first.buffer = transfer(view.buffer);
  respondWith(c, byteLength);
}

function respondWith(c, written) {
  const { first } = c.pending;
  invalidateRequest(c);
  if (c.stream.state === "closed") respondClosed(c, first);
  else respondReadable(c, written, first);
  pullIfNeeded(c);
}

function respondClosed(c, first) {
  if (first.kind === "none") shiftPending(c);
  if (!hasByobReader(c.stream)) return;
  while (waitingReads(c.stream) > 0) commit(c.stream, shiftPending(c));
}

function respondReadable(c, written, d) {
  d.filled += written;
  if (d.kind === "none") {
    enqueueDetached(c, d);
    fillPending(c).forEach((filled) => commit(c.stream, filled));
    return;
  }
  if (d.filled < d.least) return;
  shiftPending(c);
  const rest = d.filled % d.elementSize;
  if (rest > 0) addCopy(c, d.buffer, d.offset + d.filled - rest, rest);
  d.filled -= rest;
  const more = fillPending(c);
  commit(c.stream, d);
  more.forEach((filled) => commit(c.stream, filled));
}

const byteSteps = {
  cancel(c, reason) {
    invalidateRequest(c);
    c.pending.clear();
    c.queue.reset();
    const result = c.cancel(reason);
    clearBytes(c);
    return result;
  },
  pull(c, request) {
    if (c.queue.total > 0) return readFromQueue(c, request);
    if (c.autoAllocate !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBuffer(c.autoAllocate);
      } catch (error) {
        return request.error(error);
      }
      c.pending.push({
        buffer, size: c.autoAllocate, offset: 0, length: c.autoAllocate, filled: 0, least: 1, elementSize: 1, View: Uint8Array, kind: "default",
      });
    }
    addReadRequest(c.stream, request);
    pullIfNeeded(c);
  },
  release(c) {
    const { first } = c.pending;
    if (!first) return;
    first.kind = "none";
    c.pending.clear();
    c.pending.push(first);
  },
  error: errorBytes,
};
