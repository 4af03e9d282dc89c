// What other modules build on.

/**
 * A byte stream of the host's: pull returns a promise of a Uint8Array, or of undefined at the end; it is called for one
 * chunk at a time, when somebody wants one. cancel returns a promise.
 */
const hostStream = (pull, cancel) => new ReadableStream(INTERNAL, (self) => hostState(self, pull, cancel));

function hostState(self, pull, cancel) {
  const stream = newReadableState(self);
  setUpBytes(stream, noop, () => upon(promiseCall(pull, undefined, []), (chunk) => {
    if (chunk !== undefined) {
      if (chunk.byteLength > 0) enqueueBytes(stream.controller, chunk);
      else pullIfNeeded(stream.controller);
      return;
    }
    closeBytes(stream.controller);
    if (stream.controller.pending.length > 0) respond(stream.controller, 0);
  }), (reason) => promiseCall(cancel, undefined, [reason]), 0, undefined);
  return stream;
}

/** A reader of the server's own: read() is a promise of { value, done }, cancel(reason) one of the end. */
function readerOf(stream) {
  const reader = acquireReader(readableOf(stream));
  return {
    read: () => promisedRead((request) => readDefault(reader, request)),
    cancel: (reason) => cancelReadable(reader.stream, reason),
    release: () => releaseReader(reader),
  };
}

const internals = {
  ReadableStream, WritableStream, TransformStream, hostStream, readerOf,
  isReadable,
  isLocked: (stream) => !isUntouched(stream) && isLocked(readableOf(stream)),
  isDisturbed: (stream) => !isUntouched(stream) && readableOf(stream).disturbed,
  cancel: (stream, reason) => cancelReadable(readableOf(stream), reason),
  /** Two streams of the same; the second gets copies. */
  tee: (stream) => tee(readableOf(stream), true).map((branch) => branch.self),
  /** { readable, writable } around { transform(chunk, controller), flush(controller), cancel(reason) }. */
  transform(transformer) {
    const t = transformPair(transformer);
    return { readable: t.readable.self, writable: t.writable.self };
  },
  /** A WritableStream over { start, write, close, abort }, as a script would make one. */
  writable: (sink, mark) => createWritable(readSink(sink), mark).self,
};
