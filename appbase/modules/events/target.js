// EventTarget (DOM 2.7 to 2.9) without a tree: an event visits its target only, first the listeners that capture.
let dispatch, hasListeners, listenersChanged;

class EventTarget {
  #listeners = []; // replaced when it changes, so that a dispatch under way goes on over what it began with
  static {
    hasListeners = (target, type) => target.#listeners.some((l) => l.type === type);
    dispatch = (target, event) => {
      begin(event, target);
      const listeners = target.#listeners;
      for (const capture of [true, false]) {
        if (!stopped(event, false)) target.#invoke(listeners, event, capture);
      }
      finish(event);
      return !wasCanceled(event);
    };
  }

  addEventListener(type, callback, options = undefined) {
    need("addEventListener", arguments.length, 2);
    const { capture, once, passive: quiet, signal } = listenerOptions(options);
    type = `${type}`;
    if (callback !== null && callback !== undefined && !isObject(callback)) fail("a listener must be a function or an object");
    if (signal !== undefined && !isSignal(signal)) fail("the signal of a listener must be an AbortSignal");
    if (signal?.aborted || callback === null || callback === undefined) return;
    if (this.#find(type, callback, capture)) return;
    const listener = { type, callback, capture, once, quiet, removed: false };
    this.#listeners = [...this.#listeners, listener];
    if (signal) addAlgorithm(signal, () => this.#remove(listener));
    listenersChanged?.(this, type);
  }

  removeEventListener(type, callback, options = undefined) {
    need("removeEventListener", arguments.length, 2);
    const capture = typeof options === "boolean" ? options : Boolean(options?.capture);
    const found = this.#find(`${type}`, callback, capture);
    if (found) this.#remove(found);
  }

  dispatchEvent(event) {
    need("dispatchEvent", arguments.length, 1);
    if (!(event instanceof Event)) fail("the argument of dispatchEvent must be an Event");
    if (dispatching(event)) throw new DOMException("the event is being dispatched already", "InvalidStateError");
    trust(event, false);
    return dispatch(this, event);
  }

  #find(type, callback, capture) {
    return this.#listeners.find((l) => l.type === type && l.callback === callback && l.capture === capture);
  }

  #remove(listener) {
    listener.removed = true;
    this.#listeners = this.#listeners.filter((l) => l !== listener);
    listenersChanged?.(this, listener.type);
  }

  #invoke(listeners, event, capture) {
    const { type } = event;
    for (const listener of listeners) {
      if (listener.removed || listener.type !== type || listener.capture !== capture) continue;
      if (listener.once) this.#remove(listener);
      passive(event, listener.quiet);
      callListener(listener.callback, this, event);
      passive(event, false);
      if (stopped(event, true)) return;
    }
  }
}
tag(EventTarget, "EventTarget");

function listenerOptions(options) {
  if (!isObject(options)) return { capture: Boolean(options), once: false, passive: false, signal: undefined };
  const { capture, once, passive: quiet, signal } = options;
  return { capture: Boolean(capture), once: Boolean(once), passive: Boolean(quiet), signal };
}

/** What a listener throws is reported and stops nobody. */
function callListener(callback, target, event) {
  try {
    if (typeof callback === "function") apply(callback, target, [event]);
    else {
      const { handleEvent } = callback;
      if (typeof handleEvent !== "function") fail("the listener has no method handleEvent");
      apply(handleEvent, callback, [event]);
    }
  } catch (error) {
    report(error);
  }
}

/**
 * Gives a class the event handler attributes onX (HTML 8.1.8.1). A handler keeps the place among the listeners that it
 * got when it was first set.
 */
function handlers(Class, ...types) {
  const all = new WeakMap(); // target -> type -> { handler, listener }
  const entryOf = (target, type) => {
    if (!(target instanceof Class)) fail(`on${type} belongs to ${Class.name}`);
    if (!all.has(target)) all.set(target, { __proto__: null });
    return all.get(target)[type] ??= { handler: null, listener: null };
  };
  for (const type of types) {
    defineProperty(Class.prototype, `on${type}`, {
      get() { return entryOf(this, type).handler; },
      set(value) { setHandler(this, type, entryOf(this, type), value); },
      enumerable: true, configurable: true,
    });
  }
}

function setHandler(target, type, entry, value) {
  entry.handler = isObject(value) ? value : null;
  if (entry.handler === null) {
    if (entry.listener) target.removeEventListener(type, entry.listener);
    entry.listener = null;
  } else if (!entry.listener) {
    entry.listener = (event) => {
      if (typeof entry.handler === "function" && apply(entry.handler, target, [event]) === false) event.preventDefault();
    };
    target.addEventListener(type, entry.listener);
  }
}

/** Dispatches an event of the server's own. */
function fire(target, event) {
  trust(event, true);
  return dispatch(target, event);
}
