// WritableStreamDefaultWriter and WritableStreamDefaultController (Streams standard 5.3, 5.4, 5.5).
let writerState;

class WritableStreamDefaultWriter {
  #writer;
  static { writerState = (self) => self.#writer; }
  constructor(stream, state = undefined) {
    const to = stream === INTERNAL ? state : writableOf(stream) ?? fail("a writer needs a WritableStream");
    this.#writer = newWriter(to, this);
  }
  get closed() { return #writer in this ? this.#writer.closed.promise : rejectedWith(new TypeError("closed belongs to a writer")); }
  get ready() { return #writer in this ? this.#writer.ready.promise : rejectedWith(new TypeError("ready belongs to a writer")); }
  get desiredSize() { return writableDesiredSize(this.#writer.stream ?? fail("the writer was released: it has no stream")); }
  abort(reason = undefined) {
    if (!(#writer in this)) return rejectedWith(new TypeError("abort belongs to a writer"));
    return this.#writer.stream === undefined ? writerReleased() : abortWritable(this.#writer.stream, reason);
  }
  close() {
    if (!(#writer in this)) return rejectedWith(new TypeError("close belongs to a writer"));
    const { stream } = this.#writer;
    if (stream === undefined) return writerReleased();
    if (isClosing(stream)) return rejectedWith(new TypeError("the stream is closing or closed already"));
    return closeWritable(stream);
  }
  write(chunk = undefined) {
    if (!(#writer in this)) return rejectedWith(new TypeError("write belongs to a writer"));
    return this.#writer.stream === undefined ? writerReleased() : writeChunk(this.#writer, chunk);
  }
  releaseLock() { if (this.#writer.stream !== undefined) releaseWriter(this.#writer); }
}
tag(WritableStreamDefaultWriter, "WritableStreamDefaultWriter");

const writerReleased = () => rejectedWith(new TypeError("the writer was released: it has no stream"));
const acquireWriter = (stream) => writerState(new WritableStreamDefaultWriter(INTERNAL, stream));

function newWriter(stream, self) {
  if (isWritableLocked(stream)) fail("the stream has a writer already");
  const writer = { stream, ready: null, closed: null, self };
  stream.writer = writer;
  const { state, error } = stream;
  if (state === "erroring" || state === "errored") writer.ready = Deferred.refused(error);
  else writer.ready = state === "writable" && !isClosing(stream) && stream.backpressure ? new Deferred() : Deferred.resolved(undefined);
  if (state === "closed") writer.closed = Deferred.resolved(undefined);
  else writer.closed = state === "errored" ? Deferred.refused(error) : new Deferred();
  return writer;
}

function refuseReady(writer, error) {
  if (writer.ready.pending) writer.ready.refuse(error);
  else writer.ready = Deferred.refused(error);
}

function refuseClosed(writer, error) {
  if (writer.closed.pending) writer.closed.refuse(error);
  else writer.closed = Deferred.refused(error);
}

function releaseWriter(writer) {
  const error = new TypeError("the writer was released");
  refuseReady(writer, error);
  refuseClosed(writer, error);
  writer.stream.writer = null;
  writer.stream = undefined;
}

function writableDesiredSize(stream) {
  if (stream.state === "errored" || stream.state === "erroring") return null;
  return stream.state === "closed" ? 0 : stream.controller.mark - stream.controller.queue.total;
}

function writeChunk(writer, chunk) {
  const { stream } = writer, { controller } = stream, size = chunkSize(controller, chunk);
  if (stream !== writer.stream) return writerReleased();
  if (stream.state === "errored") return rejectedWith(stream.error);
  if (isClosing(stream) || stream.state === "closed") return rejectedWith(new TypeError("the stream is closing or closed: it takes no chunk"));
  if (stream.state === "erroring") return rejectedWith(stream.error);
  const request = new Deferred();
  stream.requests.push(request);
  enqueueWrite(controller, chunk, size);
  return request.promise;
}

/** Closes for pipeTo, which wants to know of errors of before (5.3.4). */
function closeForPipe(writer) {
  const { stream } = writer;
  if (isClosing(stream) || stream.state === "closed") return resolvedWith(undefined);
  return stream.state === "errored" ? rejectedWith(stream.error) : closeWritable(stream);
}

let writableController;

class WritableStreamDefaultController {
  #controller;
  static { writableController = (self) => self.#controller; }
  constructor(token, state) {
    if (token !== INTERNAL) illegal("WritableStreamDefaultController");
    this.#controller = state;
  }
  get signal() { return this.#controller.signal; }
  error(reason = undefined) { if (this.#controller.stream.state === "writable") errorWritable(this.#controller, reason); }
}
tag(WritableStreamDefaultController, "WritableStreamDefaultController");

function setUpWritable(stream, sink, mark, size) {
  const c = { stream, sink, mark, size, queue: new SizedQueue(), started: false, signal: newSignal(), self: null };
  c.self = new WritableStreamDefaultController(INTERNAL, c);
  stream.controller = c;
  updateBackpressure(stream, mark <= 0);
  upon(resolvedWith(sink.start(c.self)), () => {
    c.started = true;
    advance(c);
  }, (error) => {
    c.started = true;
    dealWithRejection(stream, error);
  });
}

function clearWritable(c) { c.sink = c.size = undefined; }

/** After an error only the abort of the sink is still wanted. */
function errorWritable(c, error) {
  c.size = undefined;
  startErroring(c.stream, error);
}

function chunkSize(c, chunk) {
  if (c.size === undefined) return 1;
  try {
    return c.size(chunk);
  } catch (error) {
    if (c.stream.state === "writable") errorWritable(c, error);
    return 1;
  }
}

function enqueueWrite(c, chunk, size) {
  const { stream } = c;
  try {
    c.queue.add(chunk, size);
  } catch (error) {
    if (stream.state === "writable") errorWritable(c, error);
    return;
  }
  if (!isClosing(stream) && stream.state === "writable") updateBackpressure(stream, c.mark - c.queue.total <= 0);
  advance(c);
}

/** Gives the sink what is next (AdvanceQueueIfNeeded). */
function advance(c) {
  const { stream } = c;
  if (!c.started || stream.inFlight !== null) return;
  if (stream.state === "erroring") {
    finishErroring(stream);
    return;
  }
  if (c.queue.length === 0) return;
  if (c.queue.first.value === CLOSE) processClose(c);
  else processWrite(c, c.queue.first.value);
}

function processClose(c) {
  const { stream } = c;
  stream.closeInFlight = stream.closeRequest;
  stream.closeRequest = null;
  c.queue.take();
  const result = c.sink.close();
  clearWritable(c);
  upon(result, () => finishClose(stream), (error) => failClose(stream, error));
}

function processWrite(c, chunk) {
  const { stream } = c;
  stream.inFlight = stream.requests.shift();
  upon(c.sink.write(chunk, c.self), () => {
    stream.inFlight.resolve(undefined);
    stream.inFlight = null;
    c.queue.take();
    if (!isClosing(stream) && stream.state === "writable") updateBackpressure(stream, c.mark - c.queue.total <= 0);
    advance(c);
  }, (error) => {
    if (stream.state === "writable") c.size = undefined;
    stream.inFlight.reject(error);
    stream.inFlight = null;
    dealWithRejection(stream, error);
  });
}
