// ReadableStream (Streams standard 4.1, 4.2) and what every kind of its controllers and readers uses.
let isReadable, isUntouched; // isUntouched: nobody has looked into it, so it is neither locked nor read
let readableOf; // the state of a ReadableStream; undefined for anything else

class ReadableStream {
  #stream; // its state, or a function that makes it: most streams of the server's are never looked into
  static {
    isReadable = (value) => isObject(value) && #stream in value;
    isUntouched = (value) => typeof value.#stream === "function";
    readableOf = (value) => isReadable(value) ? value.#state() : undefined;
  }

  constructor(source = undefined, strategy = undefined) {
    if (source === INTERNAL) {
      this.#stream = strategy;
      if (typeof strategy !== "function") strategy.self = this;
      return;
    }
    if (source !== undefined && !isObject(source)) fail("an underlying source must be an object");
    this.#stream = newReadableState(this);
    const { highWaterMark: mark, size } = strategyOf(strategy), from = readSource(source ?? {});
    if (from.bytes) {
      if (size !== undefined) throw new RangeError("a byte stream has no size function in its strategy");
      setUpBytesFrom(this.#stream, from, highWaterMark({ highWaterMark: mark }, 0));
    } else {
      setUpDefaultFrom(this.#stream, from, highWaterMark({ highWaterMark: mark }, 1), size);
    }
  }

  #state() {
    if (typeof this.#stream === "function") this.#stream = this.#stream.call(undefined, this);
    return this.#stream;
  }

  static from(iterable) {
    if (arguments.length === 0) fail("ReadableStream.from needs an argument");
    return fromIterable(iterable);
  }

  get locked() { return isLocked(this.#state()); }

  cancel(reason = undefined) {
    if (!(#stream in this)) return rejectedWith(new TypeError("cancel belongs to a ReadableStream"));
    if (isLocked(this.#state())) return rejectedWith(new TypeError("the stream is locked: cancel its reader instead"));
    return cancelReadable(this.#state(), reason);
  }

  getReader(options = undefined) {
    const { mode } = dictionary(options, "the options of getReader");
    if (mode === undefined) return acquireReader(this.#state()).self;
    if (`${mode}` !== "byob") fail(`the mode of a reader is "byob" or left out, not ${mode}`);
    return acquireByobReader(this.#state()).self;
  }

  pipeThrough(transform, options = undefined) {
    const from = this.#state();
    if (!isObject(transform)) fail("pipeThrough takes an object with readable and writable");
    const readable = transform.readable, to = writableOf(transform.writable);
    if (!readableOf(readable) || !to) fail("pipeThrough takes an object with a ReadableStream readable and a WritableStream writable");
    const how = pipeOptions(options);
    if (isLocked(from) || isWritableLocked(to)) fail("pipeThrough needs streams that are not locked");
    handled(pipe(from, to, how));
    return readable;
  }

  pipeTo(destination, options = undefined) {
    try {
      const from = this.#state(), to = writableOf(destination), how = pipeOptions(options);
      if (!to) fail("pipeTo takes a WritableStream");
      if (isLocked(from) || isWritableLocked(to)) fail("pipeTo needs streams that are not locked");
      return pipe(from, to, how);
    } catch (error) {
      return rejectedWith(error);
    }
  }

  tee() { return tee(this.#state(), false).map((branch) => branch.self); }

  values(options = undefined) {
    const { preventCancel } = dictionary(options, "the options of values");
    return iterate(this.#state(), Boolean(preventCancel));
  }
}
tag(ReadableStream, "ReadableStream");
defineProperty(ReadableStream.prototype, Symbol.asyncIterator, {
  value: ReadableStream.prototype.values, writable: true, enumerable: false, configurable: true,
});

function newReadableState(self) {
  return { state: "readable", error: undefined, reader: null, disturbed: false, controller: null, self };
}

/** A stream of the server's own; pull and cancel return promises. */
function createReadable(start, pull, cancel, mark = 1, size = () => 1) {
  const stream = newReadableState(null);
  new ReadableStream(INTERNAL, stream);
  setUpDefault(stream, start, pull, cancel, mark, size);
  return stream;
}

/** A byte stream of the server's own. */
function createByteReadable(start, pull, cancel, mark = 0) {
  const stream = newReadableState(null);
  new ReadableStream(INTERNAL, stream);
  setUpBytes(stream, start, pull, cancel, mark, undefined);
  return stream;
}

/** Reads an underlying source as Web IDL reads a dictionary. */
function readSource(source) {
  const auto = source.autoAllocateChunkSize;
  const from = {
    source, autoAllocate: auto === undefined ? undefined : wholeNumber(auto, "autoAllocateChunkSize"),
    cancel: method(source, "cancel"), pull: method(source, "pull"), start: method(source, "start"),
  };
  const { type } = source;
  if (type !== undefined && `${type}` !== "bytes") fail(`the type of an underlying source is "bytes" or left out, not ${type}`);
  from.bytes = type !== undefined;
  return from;
}

/** The three algorithms of an underlying source, for the public object of a controller. */
function algorithmsOf({ source, start, pull, cancel }, controller) {
  return [
    start ? () => apply(start, source, [controller()]) : noop,
    pull ? () => promiseCall(pull, source, [controller()]) : () => resolvedWith(undefined),
    cancel ? (reason) => promiseCall(cancel, source, [reason]) : () => resolvedWith(undefined),
  ];
}

const isLocked = (stream) => stream.reader !== null;
const hasDefaultReader = (stream) => stream.reader !== null && !stream.reader.byob;
const hasByobReader = (stream) => stream.reader !== null && stream.reader.byob;
const waitingReads = (stream) => stream.reader.requests.length;

function addReadRequest(stream, request) { stream.reader.requests.push(request); }

function fulfillRead(stream, chunk, done) {
  const request = stream.reader.requests.shift();
  if (done) request.close(chunk);
  else request.chunk(chunk);
}

function cancelReadable(stream, reason) {
  stream.disturbed = true;
  if (stream.state === "closed") return resolvedWith(undefined);
  if (stream.state === "errored") return rejectedWith(stream.error);
  closeReadable(stream);
  const { reader } = stream;
  if (reader !== null && reader.byob) for (const request of reader.requests.clear()) request.close(undefined);
  return upon(stream.controller.steps.cancel(stream.controller, reason), noop);
}

function closeReadable(stream) {
  stream.state = "closed";
  const { reader } = stream;
  if (reader === null) return;
  reader.closed.resolve(undefined);
  if (!reader.byob) for (const request of reader.requests.clear()) request.close();
}

function errorReadable(stream, error) {
  stream.state = "errored";
  stream.error = error;
  const { reader } = stream;
  if (reader === null) return;
  reader.closed.refuse(error);
  for (const request of reader.requests.clear()) request.error(error);
}
