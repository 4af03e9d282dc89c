// ReadableStreamDefaultController (Streams standard 4.6).
let controllerState;

class ReadableStreamDefaultController {
  #controller;
  static { controllerState = (self) => self.#controller; }
  constructor(token, state) {
    if (token !== INTERNAL) illegal("ReadableStreamDefaultController");
    this.#controller = state;
  }
  get desiredSize() { return desiredSize(this.#controller); }
  close() {
    if (!canEnqueue(this.#controller)) fail("the stream cannot be closed: it is closed, closing or errored");
    closeDefault(this.#controller);
  }
  enqueue(chunk = undefined) {
    if (!canEnqueue(this.#controller)) fail("the stream takes no chunk: it is closed, closing or errored");
    enqueueDefault(this.#controller, chunk);
  }
  error(reason = undefined) { errorDefault(this.#controller, reason); }
}
tag(ReadableStreamDefaultController, "ReadableStreamDefaultController");

function setUpDefaultFrom(stream, from, mark, size) {
  const [start, pull, cancel] = algorithmsOf(from, () => stream.controller.self);
  setUpDefault(stream, start, pull, cancel, mark, size ? (chunk) => apply(size, undefined, [chunk]) : () => 1);
}

function setUpDefault(stream, start, pull, cancel, mark, size) {
  const c = {
    stream, steps: defaultSteps, bytes: false, queue: new SizedQueue(), started: false, closeRequested: false,
    pulling: false, pullAgain: false, mark, size, pull, cancel, self: null,
  };
  c.self = new ReadableStreamDefaultController(INTERNAL, c);
  stream.controller = c;
  begin(c, start, errorDefault);
}

/** Runs start; what is pulled waits for its promise. */
function begin(c, start, error) {
  upon(resolvedWith(start()), () => {
    c.started = true;
    pullIfNeeded(c);
  }, (reason) => error(c, reason));
}

function clearDefault(c) { c.pull = c.cancel = c.size = undefined; }

/** desired size of either kind of controller */
function desiredSize(c) {
  const { state } = c.stream;
  if (state === "errored") return null;
  return state === "closed" ? 0 : c.mark - c.queue.total;
}

const canEnqueue = (c) => !c.closeRequested && c.stream.state === "readable";

function shouldPull(c) {
  const { stream } = c;
  if (!canEnqueue(c) || !c.started) return false;
  return (isLocked(stream) && waitingReads(stream) > 0) || desiredSize(c) > 0;
}

/** for either kind of controller */
function pullIfNeeded(c) {
  if (!shouldPull(c)) return;
  if (c.pulling) {
    c.pullAgain = true;
    return;
  }
  c.pulling = true;
  upon(c.pull(), () => {
    c.pulling = false;
    if (!c.pullAgain) return;
    c.pullAgain = false;
    pullIfNeeded(c);
  }, (error) => c.steps.error(c, error));
}

function enqueueDefault(c, chunk) {
  if (!canEnqueue(c)) return;
  const { stream } = c;
  if (isLocked(stream) && waitingReads(stream) > 0) fulfillRead(stream, chunk, false);
  else {
    try {
      c.queue.add(chunk, c.size(chunk));
    } catch (error) {
      errorDefault(c, error);
      throw error;
    }
  }
  pullIfNeeded(c);
}

function closeDefault(c) {
  if (!canEnqueue(c)) return;
  c.closeRequested = true;
  if (c.queue.length > 0) return;
  clearDefault(c);
  closeReadable(c.stream);
}

function errorDefault(c, error) {
  if (c.stream.state !== "readable") return;
  c.queue.reset();
  clearDefault(c);
  errorReadable(c.stream, error);
}

const defaultSteps = {
  cancel(c, reason) {
    c.queue.reset();
    const result = c.cancel(reason);
    clearDefault(c);
    return result;
  },
  pull(c, request) {
    if (c.queue.length === 0) {
      addReadRequest(c.stream, request);
      pullIfNeeded(c);
      return;
    }
    const chunk = c.queue.take();
    if (c.closeRequested && c.queue.length === 0) {
      clearDefault(c);
      closeReadable(c.stream);
    } else {
      pullIfNeeded(c);
    }
    request.chunk(chunk);
  },
  release() {},
  error: errorDefault,
};
