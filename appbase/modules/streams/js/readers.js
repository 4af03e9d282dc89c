// The readers of a ReadableStream (Streams standard 4.3 to 4.5).

function newReader(stream, byob, self) {
  if (isLocked(stream)) fail("the stream has a reader already");
  const reader = { stream, byob, requests: new Queue(), closed: new Deferred(), self };
  stream.reader = reader;
  if (stream.state === "closed") reader.closed.resolve(undefined);
  if (stream.state === "errored") reader.closed.refuse(stream.error);
  return reader;
}

function releaseGeneric(reader) {
  const { stream } = reader, error = new TypeError("the reader was released");
  if (stream.state === "readable") reader.closed.refuse(error);
  else reader.closed = Deferred.refused(error);
  stream.controller.steps.release(stream.controller);
  stream.reader = null;
  reader.stream = undefined;
}

function releaseReader(reader) {
  releaseGeneric(reader);
  const error = new TypeError("the reader was released");
  for (const request of reader.requests.clear()) request.error(error);
}

const released = () => rejectedWith(new TypeError("the reader was released: it has no stream"));

/** Has a request told of the next chunk, the end or the error. */
function readDefault(reader, request) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === "closed") request.close();
  else if (stream.state === "errored") request.error(stream.error);
  else stream.controller.steps.pull(stream.controller, request);
}

/** A read request that settles a promise of { value, done }. */
function promisedRead(start) {
  return new Promise((resolve, reject) => {
    start({
      chunk: (value) => resolve({ value, done: false }),
      close: (value) => resolve({ value, done: true }),
      error: reject,
    });
  });
}

let readerState, byobReaderState;

class ReadableStreamDefaultReader {
  #reader;
  static { readerState = (self) => self.#reader; }
  constructor(stream, state = undefined) {
    if (stream === INTERNAL) {
      this.#reader = newReader(state, false, this);
      return;
    }
    this.#reader = newReader(readableOf(stream) ?? fail("a reader needs a ReadableStream"), false, this);
  }
  get closed() { return #reader in this ? this.#reader.closed.promise : rejectedWith(new TypeError("closed belongs to a reader")); }
  read() {
    if (!(#reader in this)) return rejectedWith(new TypeError("read belongs to a reader"));
    if (this.#reader.stream === undefined) return released();
    return promisedRead((request) => readDefault(this.#reader, request));
  }
  cancel(reason = undefined) {
    if (!(#reader in this)) return rejectedWith(new TypeError("cancel belongs to a reader"));
    return this.#reader.stream === undefined ? released() : cancelReadable(this.#reader.stream, reason);
  }
  releaseLock() { if (this.#reader.stream !== undefined) releaseReader(this.#reader); }
}
tag(ReadableStreamDefaultReader, "ReadableStreamDefaultReader");

class ReadableStreamBYOBReader {
  #reader;
  static { byobReaderState = (self) => self.#reader; }
  constructor(stream, state = undefined) {
    const of = stream === INTERNAL ? state : readableOf(stream) ?? fail("a reader needs a ReadableStream");
    if (isLocked(of)) fail("the stream has a reader already");
    if (!of.controller.bytes) fail("a byob reader needs a byte stream");
    this.#reader = newReader(of, true, this);
  }
  get closed() { return #reader in this ? this.#reader.closed.promise : rejectedWith(new TypeError("closed belongs to a reader")); }
  read(view, options = undefined) {
    try {
      const least = checkView(view, options);
      if (this.#reader.stream === undefined) return released();
      return promisedRead((request) => readInto(this.#reader, view, least, request));
    } catch (error) {
      return rejectedWith(error);
    }
  }
  cancel(reason = undefined) {
    if (!(#reader in this)) return rejectedWith(new TypeError("cancel belongs to a reader"));
    return this.#reader.stream === undefined ? released() : cancelReadable(this.#reader.stream, reason);
  }
  releaseLock() { if (this.#reader.stream !== undefined) releaseReader(this.#reader); }
}
tag(ReadableStreamBYOBReader, "ReadableStreamBYOBReader");

/** Checks the arguments of a byob read; the answer is the least number of elements wanted. */
function checkView(view, options) {
  if (!ArrayBuffer.isView(view)) fail("a byob reader reads into a typed array or a DataView");
  const { min = 1 } = dictionary(options, "the options of read");
  const least = wholeNumber(min, "min");
  if (isDetached(view.buffer)) fail("the view's buffer is detached");
  if (view.byteLength === 0 || view.buffer.byteLength === 0) fail("the view has no room");
  if (least === 0) fail("min must be above 0");
  if (least > (view.length ?? view.byteLength)) throw new RangeError("min is more than the view has room for");
  return least;
}

function readInto(reader, view, least, request) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === "errored") request.error(stream.error);
  else pullInto(stream.controller, view, least, request);
}

const acquireReader = (stream) => readerState(new ReadableStreamDefaultReader(INTERNAL, stream));
const acquireByobReader = (stream) => byobReaderState(new ReadableStreamBYOBReader(INTERNAL, stream));
