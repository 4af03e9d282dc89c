// Iterables into streams and streams into iterables (Streams standard 4.2.3, 4.2.5: ReadableStream.from and the async
// iterator).

function fromIterable(iterable) {
  const iterator = asyncIteratorOf(iterable), { next } = iterator;
  const pull = () => upon(promiseCall(next, iterator, []), (step) => {
    if (!isObject(step)) fail("an iterator result must be an object");
    if (step.done) closeDefault(stream.controller);
    else enqueueDefault(stream.controller, step.value);
  });
  const cancel = (reason) => {
    let back;
    try {
      back = iterator.return;
    } catch (error) {
      return rejectedWith(error);
    }
    if (back === undefined || back === null) return resolvedWith(undefined);
    return upon(promiseCall(back, iterator, [reason]), (step) => { if (!isObject(step)) fail("an iterator result must be an object"); });
  };
  const stream = createReadable(noop, pull, cancel, 0);
  return stream.self;
}

/** The async iterator of an async iterable, or one over a sync iterable, whose values are awaited. */
function asyncIteratorOf(iterable) {
  if (iterable === undefined || iterable === null) fail("ReadableStream.from takes an iterable");
  const make = iterable[Symbol.asyncIterator];
  if (make !== undefined && make !== null) return iteratorOf(apply(make, iterable, []));
  const makeSync = iterable[Symbol.iterator];
  if (typeof makeSync !== "function") fail("ReadableStream.from takes an iterable");
  const iterator = iteratorOf(apply(makeSync, iterable, [])), { next } = iterator;
  const settle = ({ value, done }) => upon(asPromise(value), (v) => ({ value: v, done }));
  return {
    next: () => settle(apply(next, iterator, [])),
    return: (reason) => {
      const back = iterator.return;
      return back === undefined ? { value: undefined, done: true } : settle(apply(back, iterator, [reason]));
    },
  };
}

const iteratorOf = (value) => isObject(value) ? value : fail("an iterator must be an object");

/** The prototype above those of all async iterators is not there in the engine, so its one method is here. */
class StreamIterator {
  #reader; #preventCancel; #ongoing = undefined; #finished = false;
  constructor(stream, preventCancel) {
    this.#reader = acquireReader(stream);
    this.#preventCancel = preventCancel;
  }
  next() { return this.#after(() => this.#next()); }
  return(value = undefined) { return this.#after(() => this.#return(value)); }
  [Symbol.asyncIterator]() { return this; }

  /** One step at a time: each waits for the one before. */
  #after(step) {
    this.#ongoing = this.#ongoing === undefined ? step() : upon(this.#ongoing, step, step);
    return this.#ongoing;
  }
  #next() {
    if (this.#finished) return resolvedWith({ value: undefined, done: true });
    const end = () => {
      this.#finished = true;
      releaseReader(this.#reader);
    };
    return new Promise((resolve, reject) => {
      readDefault(this.#reader, {
        chunk: (value) => resolve({ value, done: false }),
        close: () => {
          end();
          resolve({ value: undefined, done: true });
        },
        error: (error) => {
          end();
          reject(error);
        },
      });
    });
  }
  #return(value) {
    if (this.#finished) return resolvedWith({ value, done: true });
    this.#finished = true;
    const result = this.#preventCancel ? resolvedWith(undefined) : cancelReadable(this.#reader.stream, value);
    releaseReader(this.#reader);
    return upon(result, () => ({ value, done: true }));
  }
}
delete StreamIterator.prototype.constructor;
tag(StreamIterator, "ReadableStream AsyncIterator");

const iterate = (stream, preventCancel) => new StreamIterator(stream, preventCancel);
