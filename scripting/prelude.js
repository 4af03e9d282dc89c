// What the engine lacks of ECMAScript, and the script side of the host's
// functions. Runs before any app code, so what it takes here is intrinsic.
(function (host) {
  "use strict";
  const { apply, defineProperty, getPrototypeOf, ownKeys } = Reflect;
  const { then } = Promise.prototype;
  const { hasOwn } = Object;
  const { settled, failed, makeWeak, readWeak } = host;

  // define puts methods on an object as the engine's own are: writable,
  // configurable, not enumerable. What is there already stays.
  function define(target, methods) {
    const keys = ownKeys(methods);
    for (let i = 0; i < keys.length; i++) {
      if (!hasOwn(target, keys[i])) replace(target, keys[i], methods[keys[i]]);
    }
  }

  const hidden = { __proto__: null, value: undefined, writable: true, configurable: true, enumerable: false };

  function replace(target, key, value) {
    hidden.value = value;
    defineProperty(target, key, hidden);
    hidden.value = undefined;
  }

  function callable(f, what) {
    if (typeof f !== "function") throw new TypeError(what + " is not a function");
    return f;
  }

  for (const name of ["asyncIterator", "dispose", "asyncDispose", "metadata"]) {
    if (Symbol[name] === undefined) {
      defineProperty(Symbol, name, { value: Symbol.for("Symbol." + name), writable: false, configurable: false, enumerable: false });
    }
  }

  // ---- jobs ----

  const resolved = Promise.resolve();
  defineProperty(resolved, "constructor", { value: undefined });

  define(globalThis, {
    queueMicrotask(callback) {
      callable(callback, "the argument of queueMicrotask");
      apply(then, resolved, [() => {
        try { callback(); } catch (e) { failed(e); }
      }]);
    },
  });

  function attach(promise, id) {
    apply(then, promise, [(v) => { settled(id, v, false); }, (e) => { settled(id, e, true); }]);
  }

  // ---- promises ----

  define(Promise, {
    withResolvers() {
      let resolve, reject;
      const promise = new this((a, b) => { resolve = a; reject = b; });
      return { promise, resolve, reject };
    },
    try(callback, ...args) {
      return new this((resolve) => { resolve(callback(...args)); });
    },
  });

  // ---- grouping, fromAsync ----

  function group(items, callback, add) {
    if (items === null || items === undefined) throw new TypeError("cannot group " + items);
    callable(callback, "the callback of groupBy");
    let i = 0;
    for (const item of items) add(callback(item, i++), item);
  }

  define(Object, {
    groupBy(items, callback) {
      const groups = Object.create(null);
      group(items, callback, (key, item) => {
        if (typeof key !== "symbol") key = String(key);
        if (key in groups) groups[key].push(item);
        else groups[key] = [item];
      });
      return groups;
    },
  });

  define(Map, {
    groupBy(items, callback) {
      const groups = new Map();
      group(items, callback, (key, item) => {
        const found = groups.get(key);
        if (found) found.push(item);
        else groups.set(key, [item]);
      });
      return groups;
    },
  });

  // iterate takes an async or a sync iterable, or an array-like, and awaits
  // each item that is not from an async iterator.
  async function collect(make, items, map, thisArg) {
    const asyncMethod = items[Symbol.asyncIterator];
    const method = asyncMethod ?? items[Symbol.iterator];
    const out = make();
    let i = 0;
    const push = async (item) => {
      if (map) item = await apply(map, thisArg, [item, i]);
      defineProperty(out, i++, { value: item, writable: true, enumerable: true, configurable: true });
    };
    if (method === undefined || method === null) {
      for (const n = Math.min(Math.max(Math.trunc(items.length) || 0, 0), Number.MAX_SAFE_INTEGER); i < n;) await push(await items[i]);
      out.length = i;
      return out;
    }
    const iterator = apply(method, items, []);
    const { next } = iterator;
    for (;;) {
      let step = apply(next, iterator, []);
      if (asyncMethod) step = await step;
      if (Object(step) !== step) throw new TypeError("an iterator result must be an object");
      if (step.done) break;
      try {
        await push(asyncMethod ? step.value : await step.value);
      } catch (e) {
        try { await iterator.return?.(); } catch { /* the first error counts */ }
        throw e;
      }
    }
    out.length = i;
    return out;
  }

  define(Array, {
    fromAsync(asyncItems, mapper = undefined, thisArg = undefined) {
      const make = typeof this === "function" ? () => new this() : () => [];
      return (async () => {
        if (asyncItems === null || asyncItems === undefined) throw new TypeError("cannot iterate " + asyncItems);
        if (mapper !== undefined) callable(mapper, "the mapper of fromAsync");
        return collect(make, asyncItems, mapper, thisArg);
      })();
    },
  });

  // ---- strings, numbers, errors ----

  define(String.prototype, {
    isWellFormed() {
      const s = String(this);
      for (let i = 0; i < s.length; i++) {
        if (surrogateAt(s, i) === 2) i++;
        else if (surrogateAt(s, i) === 1) return false;
      }
      return true;
    },
    toWellFormed() {
      const s = String(this);
      let out = "";
      let from = 0;
      for (let i = 0; i < s.length; i++) {
        const kind = surrogateAt(s, i);
        if (kind === 2) i++;
        if (kind !== 1) continue;
        out += s.slice(from, i) + "\ufffd";
        from = i + 1;
      }
      return out + s.slice(from);
    },
  });

  // surrogateAt is 2 for a pair, 1 for half of one, 0 for anything else.
  function surrogateAt(s, i) {
    const c = s.charCodeAt(i);
    if (c < 0xd800 || c > 0xdfff) return 0;
    const d = s.charCodeAt(i + 1);
    return c < 0xdc00 && d >= 0xdc00 && d <= 0xdfff ? 2 : 1;
  }

  define(RegExp, {
    escape(string) {
      if (typeof string !== "string") throw new TypeError("the argument of RegExp.escape must be a string");
      const hex = (c) => "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0");
      return string
        .replace(/[\^$\\.*+?()[\]{}|\/]/g, "\\$&")
        .replace(/[,\-=<>#&!%:;@~'`"]/g, hex)
        .replace(/[\t\n\v\f\r ]/g, hex)
        .replace(/^[0-9a-zA-Z]/, hex);
    },
  });

  define(Error, {
    captureStackTrace(target) {
      replace(target, "stack", new Error(target.message).stack);
    },
  });

  // ---- weak references ----

  class WeakRef {
    #ref;
    constructor(target) {
      if (Object(target) !== target && typeof target !== "symbol") throw new TypeError("the target of a WeakRef must be an object");
      this.#ref = makeWeak(target);
    }
    deref() { return readWeak(this.#ref); }
    get [Symbol.toStringTag]() { return "WeakRef"; }
  }

  // Callbacks of a registry are allowed never to run; these never do.
  class FinalizationRegistry {
    #cleanup;
    constructor(cleanup) { this.#cleanup = callable(cleanup, "the argument of FinalizationRegistry"); }
    register(target, held) { void this.#cleanup; void held; }
    unregister(token) { void this.#cleanup; void token; return false; }
    get [Symbol.toStringTag]() { return "FinalizationRegistry"; }
  }

  define(globalThis, { WeakRef, FinalizationRegistry });

  // ---- bounds ----

  // deepFlat is Array.prototype.flat for arrays that may be nested deep, or
  // hold themselves: the engine would recurse.
  function deepFlat(depth) {
    const out = [];
    const open = [{ array: this, at: 0, length: this.length, depth: Math.trunc(Number(depth)) }];
    while (open.length > 0) {
      const top = open[open.length - 1];
      if (top.at >= top.length) {
        open.pop();
        continue;
      }
      const i = top.at++;
      if (!(i in top.array)) continue;
      const v = top.array[i];
      if (!(top.depth > 0) || !Array.isArray(v)) {
        out[out.length] = v;
        continue;
      }
      if (open.length > 10000) throw new RangeError("the array is nested too deep");
      open[open.length] = { array: v, at: 0, length: v.length, depth: top.depth - 1 };
    }
    return out;
  }

  // intrinsics are what the host guards and cannot name.
  const intrinsics = {
    pause() {},
    iterators: [[][Symbol.iterator](), ""[Symbol.iterator](), new Map().entries(), new Set().values(), "".matchAll(/a/g)].map(getPrototypeOf),
    generator: getPrototypeOf(function* () {}).prototype,
    functions: [function () {}.constructor, async function () {}.constructor, function* () {}.constructor],
    proto: Object.getOwnPropertyDescriptor(Object.prototype, "__proto__"),
  };

  return { attach, deepFlat, intrinsics };
})
