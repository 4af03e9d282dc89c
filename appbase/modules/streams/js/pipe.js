// Piping (Streams standard 4.9.1: ReadableStreamPipeTo).

function pipeOptions(options) {
  const { preventAbort, preventCancel, preventClose, signal } = dictionary(options, "the options of a pipe");
  if (signal !== undefined && !isSignal(signal)) fail("the signal of a pipe must be an AbortSignal");
  return { preventAbort: Boolean(preventAbort), preventCancel: Boolean(preventCancel), preventClose: Boolean(preventClose), signal };
}

/** Moves everything from a readable to a writable stream; the promise is settled when both are let go. */
function pipe(source, dest, options) { return new Pipe(source, dest, options).done.promise; }

class Pipe {
  done = new Deferred();
  #source; #dest; #options; #reader; #writer; #algorithm = undefined;
  #stopping = false;
  #write = resolvedWith(undefined); // settles when the last write has

  constructor(source, dest, options) {
    this.#source = source;
    this.#dest = dest;
    this.#options = options;
    this.#reader = acquireReader(source);
    this.#writer = acquireWriter(dest);
    source.disturbed = true;
    if (options.signal && this.#watchSignal(options.signal)) return;
    this.#watchEnds();
    this.#loop();
  }

  #watchSignal(signal) {
    this.#algorithm = () => {
      const { reason } = signal, actions = [];
      if (!this.#options.preventAbort) actions.push(() => this.#dest.state === "writable" ? abortWritable(this.#dest, reason) : resolvedWith(undefined));
      if (!this.#options.preventCancel) actions.push(() => this.#source.state === "readable" ? cancelReadable(this.#source, reason) : resolvedWith(undefined));
      this.#stop(() => Promise.all(actions.map((action) => action())), true, reason);
    };
    if (signal.aborted) this.#algorithm();
    else addAlgorithm(signal, this.#algorithm);
    return signal.aborted;
  }

  /** Errors and ends are passed on in both directions, the first that there are first. */
  #watchEnds() {
    const { preventAbort, preventCancel, preventClose } = this.#options, source = this.#source, dest = this.#dest;
    whenErrored(source, this.#reader.closed, (error) => this.#stop(preventAbort ? undefined : () => abortWritable(dest, error), true, error));
    whenErrored(dest, this.#writer.closed, (error) => this.#stop(preventCancel ? undefined : () => cancelReadable(source, error), true, error));
    const closed = () => this.#stop(preventClose ? undefined : () => closeForPipe(this.#writer), false);
    if (source.state === "closed") closed();
    else upon(this.#reader.closed.promise, closed, noop);
    if (isClosing(dest) || dest.state === "closed") {
      const error = new TypeError("the destination of the pipe is closed");
      this.#stop(preventCancel ? undefined : () => cancelReadable(source, error), true, error);
    }
  }

  #loop() {
    const again = () => this.#loop();
    if (this.#stopping) return;
    if (this.#dest.backpressure && this.#dest.state === "writable") {
      upon(this.#writer.ready.promise, again, noop);
      return;
    }
    readDefault(this.#reader, {
      chunk: (chunk) => {
        queueJob(() => {
          if (this.#writer.stream === undefined) return;
          this.#write = upon(writeChunk(this.#writer, chunk), undefined, noop);
          again();
        });
      },
      close: noop, error: noop,
    });
  }

  /** Ends the pipe, once: what was read is written, then action is taken, then the locks are let go. */
  #stop(action, failed, error) {
    if (this.#stopping) return;
    this.#stopping = true;
    const act = () => {
      if (action === undefined) this.#finish(failed, error);
      else upon(action(), () => this.#finish(failed, error), (newError) => this.#finish(true, newError));
    };
    if (this.#dest.state === "writable" && !isClosing(this.#dest)) this.#flushed(act);
    else act();
  }

  /** Calls next when every write that began has ended, also one that begins meanwhile. */
  #flushed(next) {
    queueJob(() => {
      const write = this.#write;
      upon(write, () => write === this.#write ? next() : this.#flushed(next));
    });
  }

  #finish(failed, error) {
    releaseWriter(this.#writer);
    releaseReader(this.#reader);
    if (this.#algorithm) removeAlgorithm(this.#options.signal, this.#algorithm);
    if (failed) this.done.reject(error);
    else this.done.resolve(undefined);
  }
}

function whenErrored(stream, closed, then) {
  if (stream.state === "errored") then(stream.error);
  else upon(closed.promise, undefined, then);
}
