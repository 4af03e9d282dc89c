// TransformStream (Streams standard 6).
let transformController;

class TransformStream {
  #readable; #writable;
  constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
    if (transformer === INTERNAL) {
      this.#readable = writableStrategy.readable.self;
      this.#writable = writableStrategy.writable.self;
      return;
    }
    if (transformer !== undefined && !isObject(transformer)) fail("a transformer must be an object");
    const of = transformer ?? {}, algorithms = readTransformer(of);
    const write = strategyOf(writableStrategy), read = strategyOf(readableStrategy);
    const sizeOf = ({ size }) => size ? (chunk) => apply(size, undefined, [chunk]) : () => 1;
    const t = createTransform(algorithms, highWaterMark(write, 1), sizeOf(write), highWaterMark(read, 0), sizeOf(read));
    this.#readable = t.readable.self;
    this.#writable = t.writable.self;
    startTransform(t, algorithms.start);
  }
  get readable() { return this.#readable; }
  get writable() { return this.#writable; }
}
tag(TransformStream, "TransformStream");

class TransformStreamDefaultController {
  #t;
  constructor(token, state) {
    if (token !== INTERNAL) illegal("TransformStreamDefaultController");
    this.#t = state;
  }
  get desiredSize() { return desiredSize(this.#t.readable.controller); }
  enqueue(chunk = undefined) { enqueueTransformed(this.#t, chunk); }
  error(reason = undefined) { errorTransform(this.#t, reason); }
  terminate() {
    closeDefault(this.#t.readable.controller);
    errorTransformWritable(this.#t, new TypeError("the transform stream was terminated"));
  }
}
tag(TransformStreamDefaultController, "TransformStreamDefaultController");

function readTransformer(of) {
  const cancel = method(of, "cancel"), flush = method(of, "flush");
  if (of.readableType !== undefined) throw new RangeError("a transformer has no readableType");
  const start = method(of, "start"), transform = method(of, "transform");
  if (of.writableType !== undefined) throw new RangeError("a transformer has no writableType");
  const nothing = () => resolvedWith(undefined);
  return {
    start: start ? (controller) => apply(start, of, [controller]) : noop,
    transform: transform ? (chunk, controller) => promiseCall(transform, of, [chunk, controller]) : undefined,
    flush: flush ? (controller) => promiseCall(flush, of, [controller]) : nothing,
    cancel: cancel ? (reason) => promiseCall(cancel, of, [reason]) : nothing,
  };
}

/** A transform stream's state. Both sides wait for the promise that startTransform resolves. */
function createTransform(algorithms, writeMark, writeSize, readMark, readSize) {
  const started = new Deferred();
  const t = { algorithms, started, readable: null, writable: null, backpressure: undefined, changed: null, finish: null, self: null };
  t.self = new TransformStreamDefaultController(INTERNAL, t);
  t.writable = createWritable({
    start: () => started.promise,
    write: (chunk) => sinkWrite(t, chunk),
    close: () => sinkClose(t),
    abort: (reason) => sinkAbort(t, reason),
  }, writeMark, writeSize);
  t.readable = createReadable(() => started.promise, () => sourcePull(t), (reason) => sourceCancel(t, reason), readMark, readSize);
  setBackpressure(t, true);
  return t;
}

function startTransform(t, start) { t.started.resolve(start(t.self)); }

function setBackpressure(t, on) {
  if (t.changed !== null) t.changed.resolve(undefined);
  t.changed = new Deferred();
  t.backpressure = on;
}

function clearTransform(t) { t.algorithms = undefined; }

function enqueueTransformed(t, chunk) {
  const { controller } = t.readable;
  if (!canEnqueue(controller)) fail("the readable side takes no chunk: it is closed, closing or errored");
  try {
    enqueueDefault(controller, chunk);
  } catch (error) {
    errorTransformWritable(t, error);
    throw t.readable.error;
  }
  const backpressure = !shouldPull(controller);
  if (backpressure !== t.backpressure) setBackpressure(t, true);
}

function errorTransform(t, error) {
  errorDefault(t.readable.controller, error);
  errorTransformWritable(t, error);
}

function errorTransformWritable(t, error) {
  clearTransform(t);
  if (t.writable.state === "writable") errorWritable(t.writable.controller, error);
  unblockWrite(t);
}

function unblockWrite(t) { if (t.backpressure) setBackpressure(t, false); }

function performTransform(t, chunk) {
  const { transform } = t.algorithms;
  let result;
  if (transform) {
    result = transform(chunk, t.self);
  } else {
    try {
      enqueueTransformed(t, chunk);
      result = resolvedWith(undefined);
    } catch (error) {
      result = rejectedWith(error);
    }
  }
  return upon(result, undefined, (error) => {
    errorTransform(t, error);
    throw error;
  });
}

function sinkWrite(t, chunk) {
  if (!t.backpressure) return performTransform(t, chunk);
  return upon(t.changed.promise, () => {
    if (t.writable.state === "erroring") throw t.writable.error;
    return performTransform(t, chunk);
  });
}

/** What ends the stream runs once, whichever side asks. */
function finishOnce(t, run, settle) {
  if (t.finish !== null) return t.finish.promise;
  t.finish = new Deferred();
  const { promise } = t.finish, result = run();
  clearTransform(t);
  upon(result, () => settle(undefined, false), (error) => settle(error, true));
  return promise;
}

function sinkClose(t) {
  const { readable } = t;
  return finishOnce(t, () => t.algorithms.flush(t.self), (error, failed) => {
    if (failed) {
      errorDefault(readable.controller, error);
      t.finish.reject(error);
    } else if (readable.state === "errored") {
      t.finish.reject(readable.error);
    } else {
      closeDefault(readable.controller);
      t.finish.resolve(undefined);
    }
  });
}

function sinkAbort(t, reason) {
  const { readable } = t;
  return finishOnce(t, () => t.algorithms.cancel(reason), (error, failed) => {
    if (!failed && readable.state === "errored") {
      t.finish.reject(readable.error);
      return;
    }
    errorDefault(readable.controller, failed ? error : reason);
    if (failed) t.finish.reject(error);
    else t.finish.resolve(undefined);
  });
}

function sourcePull(t) {
  setBackpressure(t, false);
  return t.changed.promise;
}

function sourceCancel(t, reason) {
  const { writable } = t;
  return finishOnce(t, () => t.algorithms.cancel(reason), (error, failed) => {
    if (!failed && writable.state === "errored") {
      t.finish.reject(writable.error);
      return;
    }
    if (writable.state === "writable") errorWritable(writable.controller, failed ? error : reason);
    unblockWrite(t);
    if (failed) t.finish.reject(error);
    else t.finish.resolve(undefined);
  });
}

/** A pair of streams of the server's own around { transform(chunk, controller), flush(controller), cancel(reason) }. */
function transformPair(transformer) {
  const algorithms = readTransformer(transformer);
  const t = createTransform(algorithms, 1, () => 1, 0, () => 1);
  startTransform(t, noop);
  return t;
}
