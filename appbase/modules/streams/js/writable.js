// WritableStream (Streams standard 5.1, 5.2, 5.5).
const CLOSE = Symbol("close"); // the last item of a queue
let writableOf;

class WritableStream {
  #stream;
  static { writableOf = (value) => isObject(value) && #stream in value ? value.#stream : undefined; }

  constructor(sink = undefined, strategy = undefined) {
    if (sink === INTERNAL) {
      this.#stream = strategy;
      strategy.self = this;
      return;
    }
    if (sink !== undefined && !isObject(sink)) fail("an underlying sink must be an object");
    const { highWaterMark: mark, size } = strategyOf(strategy), to = readSink(sink ?? {});
    this.#stream = newWritableState(this);
    setUpWritable(this.#stream, to, highWaterMark({ highWaterMark: mark }, 1), size ? (chunk) => apply(size, undefined, [chunk]) : () => 1);
  }
  get locked() { return isWritableLocked(this.#stream); }
  abort(reason = undefined) {
    if (!(#stream in this)) return rejectedWith(new TypeError("abort belongs to a WritableStream"));
    if (isWritableLocked(this.#stream)) return rejectedWith(new TypeError("the stream is locked: abort its writer instead"));
    return abortWritable(this.#stream, reason);
  }
  close() {
    if (!(#stream in this)) return rejectedWith(new TypeError("close belongs to a WritableStream"));
    if (isWritableLocked(this.#stream)) return rejectedWith(new TypeError("the stream is locked: close its writer instead"));
    if (isClosing(this.#stream)) return rejectedWith(new TypeError("the stream is closing or closed already"));
    return closeWritable(this.#stream);
  }
  getWriter() { return acquireWriter(this.#stream).self; }
}
tag(WritableStream, "WritableStream");

function newWritableState(self) {
  return {
    state: "writable", error: undefined, writer: null, controller: null, requests: new Queue(), inFlight: null,
    closeRequest: null, closeInFlight: null, pendingAbort: null, backpressure: false, self,
  };
}

/** Reads an underlying sink as Web IDL reads a dictionary; its algorithms take the public object of the controller. */
function readSink(sink) {
  const abort = method(sink, "abort"), close = method(sink, "close"), start = method(sink, "start");
  if (sink.type !== undefined) throw new RangeError("an underlying sink has no type");
  const write = method(sink, "write"), nothing = () => resolvedWith(undefined);
  return {
    start: start ? (controller) => apply(start, sink, [controller]) : noop,
    write: write ? (chunk, controller) => promiseCall(write, sink, [chunk, controller]) : nothing,
    close: close ? () => promiseCall(close, sink, []) : nothing,
    abort: abort ? (reason) => promiseCall(abort, sink, [reason]) : nothing,
  };
}

/** A stream of the server's own; write, close and abort of the sink return promises. */
function createWritable(sink, mark = 1, size = () => 1) {
  const stream = newWritableState(null);
  new WritableStream(INTERNAL, stream);
  setUpWritable(stream, sink, mark, size);
  return stream;
}

const isWritableLocked = (stream) => stream.writer !== null;
const isClosing = (stream) => stream.closeRequest !== null || stream.closeInFlight !== null;

function abortWritable(stream, reason) {
  if (stream.state === "closed" || stream.state === "errored") return resolvedWith(undefined);
  abortSignal(stream.controller.signal, reason);
  if (stream.state === "closed" || stream.state === "errored") return resolvedWith(undefined);
  if (stream.pendingAbort !== null) return stream.pendingAbort.done.promise;
  const erroring = stream.state === "erroring";
  stream.pendingAbort = { done: new Deferred(), reason: erroring ? undefined : reason, erroring };
  const { promise } = stream.pendingAbort.done;
  if (!erroring) startErroring(stream, reason);
  return promise;
}

function closeWritable(stream) {
  const { state, writer } = stream;
  if (state === "closed" || state === "errored") return rejectedWith(new TypeError(`the stream is ${state}: it cannot be closed`));
  stream.closeRequest = new Deferred();
  if (writer !== null && stream.backpressure && state === "writable") writer.ready.resolve(undefined);
  const { controller } = stream;
  controller.queue.add(CLOSE, 0);
  advance(controller);
  return stream.closeRequest?.promise ?? stream.closeInFlight.promise;
}

function startErroring(stream, reason) {
  const { writer, controller } = stream;
  stream.state = "erroring";
  stream.error = reason;
  if (writer !== null) refuseReady(writer, reason);
  if (!hasInFlight(stream) && controller.started) finishErroring(stream);
}

const hasInFlight = (stream) => stream.inFlight !== null || stream.closeInFlight !== null;

function finishErroring(stream) {
  stream.state = "errored";
  stream.controller.queue.reset();
  for (const request of stream.requests.clear()) request.reject(stream.error);
  const pending = stream.pendingAbort;
  if (pending === null) {
    rejectClosed(stream);
    return;
  }
  stream.pendingAbort = null;
  if (pending.erroring) {
    pending.done.reject(stream.error);
    rejectClosed(stream);
    return;
  }
  const { controller } = stream, result = controller.sink.abort(pending.reason);
  clearWritable(controller);
  upon(result, () => {
    pending.done.resolve(undefined);
    rejectClosed(stream);
  }, (error) => {
    pending.done.reject(error);
    rejectClosed(stream);
  });
}

function rejectClosed(stream) {
  if (stream.closeRequest !== null) {
    stream.closeRequest.reject(stream.error);
    stream.closeRequest = null;
  }
  if (stream.writer !== null) stream.writer.closed.refuse(stream.error);
}

/** What failed makes the stream erroring, or ends that. */
function dealWithRejection(stream, error) {
  if (stream.state === "writable") startErroring(stream, error);
  else finishErroring(stream);
}

function finishClose(stream) {
  stream.closeInFlight.resolve(undefined);
  stream.closeInFlight = null;
  if (stream.state === "erroring") {
    stream.error = undefined;
    if (stream.pendingAbort !== null) {
      stream.pendingAbort.done.resolve(undefined);
      stream.pendingAbort = null;
    }
  }
  stream.state = "closed";
  if (stream.writer !== null) stream.writer.closed.resolve(undefined);
}

function failClose(stream, error) {
  stream.closeInFlight.reject(error);
  stream.closeInFlight = null;
  if (stream.pendingAbort !== null) {
    stream.pendingAbort.done.reject(error);
    stream.pendingAbort = null;
  }
  dealWithRejection(stream, error);
}

function updateBackpressure(stream, backpressure) {
  const { writer } = stream;
  if (writer !== null && backpressure !== stream.backpressure) {
    if (backpressure) writer.ready = new Deferred();
    else writer.ready.resolve(undefined);
  }
  stream.backpressure = backpressure;
}
