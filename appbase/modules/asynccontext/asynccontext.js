// AsyncLocalStorage and AsyncResource (node:async_hooks). A context is the host's and never changes; what is started while
// one is the present one goes on in it.
const { apply } = Reflect;

function callable(value, what) {
  if (typeof value !== "function") throw new TypeError(`${what} is not a function`);
  return value;
}

/** Calls fn in a context. */
function within(context, fn, self, args) {
  const before = host.swap(context);
  try {
    return apply(fn, self, args);
  } finally {
    host.swap(before);
  }
}

class AsyncLocalStorage {
  #key = host.key(); #default; #name;
  constructor({ defaultValue, name = "" } = {}) {
    this.#default = defaultValue;
    this.#name = `${name}`;
  }
  static bind(fn) {
    callable(fn, "the argument of AsyncLocalStorage.bind");
    const context = host.context();
    return function (...args) { return within(context, fn, this, args); };
  }
  static snapshot() {
    const context = host.context();
    return (fn, ...args) => within(context, callable(fn, "the first argument of a snapshot"), undefined, args);
  }
  get name() { return this.#name; }
  getStore() {
    const held = host.value(this.#key);
    return held === undefined ? this.#default : held[0];
  }
  run(store, fn, ...args) { return within(host.with(this.#key, [store]), callable(fn, "the second argument of run"), undefined, args); }
  exit(fn, ...args) { return within(host.with(this.#key, [undefined]), callable(fn, "the first argument of exit"), undefined, args); }
  enterWith(store) { host.swap(host.with(this.#key, [store])); }
  disable() { this.#key = host.key(); }
}

class AsyncResource {
  #context = host.context(); #type;
  constructor(type) {
    if (typeof type !== "string") throw new TypeError("the type of an AsyncResource is a text");
    this.#type = type;
  }
  static bind(fn, type = fn?.name || "bound-anonymous-fn", self = undefined) { return new AsyncResource(type).bind(fn, self); }
  get type() { return this.#type; }
  runInAsyncScope(fn, self = undefined, ...args) { return within(this.#context, callable(fn, "the first argument of runInAsyncScope"), self, args); }
  bind(fn, self = undefined) {
    callable(fn, "the argument of bind");
    const context = this.#context;
    return function (...args) { return within(context, fn, self === undefined ? this : self, args); };
  }
  emitDestroy() { return this; }
}

const internals = {};
