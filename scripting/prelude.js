// What the engine lacks of ECMAScript, and the script side of the host's
// functions. Runs before any app code, so what it takes here is intrinsic.
(function (host) {
  "use strict";
  const { apply, defineProperty, getPrototypeOf, ownKeys } = Reflect;
  const { then } = Promise.prototype;
  const { hasOwnProperty } = Object.prototype;
  const { settled, failed, makeWeak, readWeak } = host;

  // define puts methods on an object as the engine's own are: writable,
  // configurable, not enumerable. What is there already stays.
  function define(target, methods) {
    for (const key of ownKeys(methods)) {
      if (!apply(hasOwnProperty, target, [key])) replace(target, key, methods[key]);
    }
  }

  function replace(target, key, value) {
    defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
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

  // The engine takes the locale for a radix. There is one locale: en-US.
  const digits = { toLocaleString(locales = undefined, options = undefined) {
    const n = apply(Number.prototype.valueOf, this, []);
    if (!Number.isFinite(n) || Math.abs(n) >= 1e21) return String(n).replace("Infinity", "\u221e");
    const least = options?.minimumFractionDigits ?? 0;
    const most = options?.maximumFractionDigits ?? Math.max(3, least);
    let [whole, fraction = ""] = n.toFixed(most).split(".");
    while (fraction.length > least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
    if (options?.useGrouping !== false) whole = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return fraction ? whole + "." + fraction : whole;
  } };
  defineProperty(digits.toLocaleString, "length", { value: 0, configurable: true });
  replace(Number.prototype, "toLocaleString", digits.toLocaleString);

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

  // ---- iterator helpers ----

  const iteratorPrototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));

  function Iterator() {
    if (new.target === undefined || new.target === Iterator) throw new TypeError("Iterator cannot be constructed");
  }
  defineProperty(Iterator, "prototype", { value: iteratorPrototype, writable: false });

  function count(n, what) {
    const c = Math.trunc(Number(n));
    if (!(c >= 0)) throw new RangeError(what + " must not be negative");
    return c;
  }

  // pull calls visit with each value until it returns true, and then, or when
  // it throws, closes the iterator.
  function pull(iterator, visit) {
    const { next } = iterator;
    let i = 0;
    for (;;) {
      const step = apply(next, iterator, []);
      if (step.done) return;
      let stop = true;
      try {
        stop = visit(step.value, i++);
      } finally {
        if (stop) close(iterator);
      }
      if (stop) return;
    }
  }

  function close(iterator) { iterator.return?.(); }

  // helper makes a lazy iterator: advance returns the next result, or
  // undefined when the source is to be closed.
  function helper(source, start) {
    return (function* () {
      let open = true;
      try {
        yield* start({ next: source.next, source }, () => { open = false; });
      } finally {
        if (open) close(source);
      }
    })();
  }

  // values yields what a source gives; ended is called when it is exhausted or
  // fails, after which it must not be closed.
  function* values({ next, source }, ended) {
    for (;;) {
      let step;
      try {
        step = apply(next, source, []);
      } catch (e) {
        ended();
        throw e;
      }
      if (step.done) return ended();
      yield step.value;
    }
  }

  define(iteratorPrototype, {
    map(mapper) {
      callable(mapper, "the mapper");
      return helper(this, function* (from, ended) {
        let i = 0;
        for (const v of values(from, ended)) yield mapper(v, i++);
      });
    },
    filter(predicate) {
      callable(predicate, "the predicate");
      return helper(this, function* (from, ended) {
        let i = 0;
        for (const v of values(from, ended)) if (predicate(v, i++)) yield v;
      });
    },
    take(limit) {
      const n = count(limit, "the limit");
      return helper(this, function* (from, ended) {
        let left = n;
        if (left === 0) return;
        for (const v of values(from, ended)) {
          yield v;
          if (--left === 0) return;
        }
      });
    },
    drop(limit) {
      const n = count(limit, "the limit");
      return helper(this, function* (from, ended) {
        let left = n;
        for (const v of values(from, ended)) {
          if (left > 0) left--;
          else yield v;
        }
      });
    },
    flatMap(mapper) {
      callable(mapper, "the mapper");
      return helper(this, function* (from, ended) {
        let i = 0;
        for (const v of values(from, ended)) yield* flatten(mapper(v, i++));
      });
    },
    reduce(reducer, ...initial) {
      callable(reducer, "the reducer");
      let has = initial.length > 0;
      let total = initial[0];
      pull(this, (v, i) => {
        total = has ? reducer(total, v, i) : v;
        has = true;
        return false;
      });
      if (!has) throw new TypeError("reduce of an empty iterator with no initial value");
      return total;
    },
    toArray() {
      const out = [];
      pull(this, (v) => { out.push(v); return false; });
      return out;
    },
    forEach(callback) {
      callable(callback, "the callback");
      pull(this, (v, i) => { callback(v, i); return false; });
    },
    some(predicate) {
      callable(predicate, "the predicate");
      let found = false;
      pull(this, (v, i) => (found = Boolean(predicate(v, i))));
      return found;
    },
    every(predicate) {
      callable(predicate, "the predicate");
      let all = true;
      pull(this, (v, i) => !(all = Boolean(predicate(v, i))));
      return all;
    },
    find(predicate) {
      callable(predicate, "the predicate");
      let found;
      pull(this, (v, i) => {
        if (!predicate(v, i)) return false;
        found = v;
        return true;
      });
      return found;
    },
    constructor: Iterator,
  });

  function flatten(v) {
    if (Object(v) !== v) throw new TypeError("the mapper of flatMap must return an iterable");
    return v[Symbol.iterator] ? v : { [Symbol.iterator]: () => v };
  }

  define(Iterator, {
    from(value) {
      const method = value[Symbol.iterator];
      const iterator = method ? apply(method, value, []) : value;
      if (iterator instanceof Iterator) return iterator;
      return helper(iterator, values);
    },
  });

  define(globalThis, { Iterator });

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
