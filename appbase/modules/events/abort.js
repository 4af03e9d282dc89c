// AbortController and AbortSignal (DOM 3).
const INTERNAL = Symbol("internal");
let addAlgorithm, removeAlgorithm, abortSignal, dependentSignal, isSignal;

class AbortSignal extends EventTarget {
  #aborted = false; #reason = undefined;
  #algorithms = new Set();
  #sources = []; // of a dependent signal: what it follows, none of them dependent; weak, as they hold nothing for it
  #dependents = []; // weak references, so that signals nobody listens to do not pile up on one that lives long
  #kept = new Set(); // dependents that somebody listens to
  #dependent = false;

  static {
    isSignal = (value) => isObject(value) && #aborted in value;
    addAlgorithm = (signal, algorithm) => {
      if (signal.#aborted) return;
      signal.#algorithms.add(algorithm);
      signal.#keep();
    };
    removeAlgorithm = (signal, algorithm) => {
      signal.#algorithms.delete(algorithm);
      signal.#keep();
    };
    abortSignal = (signal, reason) => signal.#abort(reason);
    dependentSignal = (signals) => {
      const signal = new AbortSignal(INTERNAL);
      signal.#follow(signals);
      return signal;
    };
    listenersChanged = (target) => { if (isSignal(target)) target.#keep(); };
  }

  constructor(token) {
    if (token !== INTERNAL) fail("an AbortSignal is made by an AbortController, or by AbortSignal.abort, timeout and any");
    super();
  }
  static abort(reason = abortError()) {
    const signal = new AbortSignal(INTERNAL);
    signal.#aborted = true;
    signal.#reason = reason;
    return signal;
  }
  static timeout(milliseconds) {
    need("AbortSignal.timeout", arguments.length, 1);
    const ms = Math.trunc(Number(milliseconds));
    if (!(ms >= 0 && ms <= Number.MAX_SAFE_INTEGER)) fail("the time of AbortSignal.timeout must be a whole number of milliseconds, 0 or more");
    const signal = new AbortSignal(INTERNAL);
    setTimeout(() => signal.#abort(new DOMException("The operation timed out", "TimeoutError")), ms);
    return signal;
  }
  static any(signals) {
    need("AbortSignal.any", arguments.length, 1);
    const list = [...signals];
    if (!list.every(isSignal)) fail("AbortSignal.any takes AbortSignals only");
    return dependentSignal(list);
  }
  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }

  /** Marks all that depend on it first, so that none of the listeners sees one that is not aborted yet (DOM 3.2). */
  #abort(reason = abortError()) {
    if (this.#aborted) return;
    const all = [this, ...this.#dependents.map((ref) => ref.deref()).filter((signal) => signal && !signal.#aborted)];
    for (const signal of all) {
      signal.#aborted = true;
      signal.#reason = reason;
    }
    for (const signal of all) signal.#tell();
    this.#dependents = [];
    this.#kept.clear();
  }

  #tell() {
    const algorithms = this.#algorithms;
    this.#algorithms = new Set();
    for (const algorithm of algorithms) algorithm(this.#reason);
    fire(this, new Event("abort"));
  }

  #follow(signals) {
    this.#dependent = true;
    const aborted = signals.find((signal) => signal.#aborted);
    if (aborted) {
      this.#aborted = true;
      this.#reason = aborted.#reason;
      return;
    }
    this.#sources = [...new Set(signals.flatMap((signal) => signal.#dependent ? signal.#sources : [signal]))];
    for (const source of this.#sources) {
      source.#dependents = source.#dependents.filter((ref) => ref.deref());
      source.#dependents.push(new WeakRef(this));
    }
  }

  /** A dependent signal lives as long as its sources while somebody listens to it. */
  #keep() {
    const wanted = this.#algorithms.size > 0 || hasListeners(this, "abort");
    for (const source of this.#sources) {
      if (wanted && !this.#aborted) source.#kept.add(this);
      else source.#kept.delete(this);
    }
  }
}
tag(AbortSignal, "AbortSignal");
handlers(AbortSignal, "abort");

const abortError = () => new DOMException("This operation was aborted", "AbortError");

class AbortController {
  #signal = new AbortSignal(INTERNAL);
  get signal() { return this.#signal; }
  abort(reason = undefined) { abortSignal(this.#signal, reason); }
}
tag(AbortController, "AbortController");

/** A signal of the server's own; it is aborted with abortSignal. */
const newSignal = () => new AbortSignal(INTERNAL);

const internals = {
  fire, handlers, report, trust,
  Event, EventTarget, MessageEvent, CloseEvent, ErrorEvent,
  isSignal, newSignal, dependentSignal, abortSignal, addAlgorithm, removeAlgorithm, abortError,
};
