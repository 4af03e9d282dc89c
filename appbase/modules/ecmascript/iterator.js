// Iterator and its helpers (ECMA-262, 27.1), lazily and step by step as the standard has them: what closes an iterator, and
// when, is observable.
(function (host) {
  "use strict";
  const { apply, defineProperty, ownKeys } = Reflect;
  const { TypeError, RangeError, Number, Object, Array } = globalThis;
  const { create } = Object, { trunc } = Math, { isPrototypeOf } = Object.prototype;
  const prototype = host.prototype();
  const end = {}; // what a helper's step gives when there is nothing more

  function isObject(v) { return (typeof v === "object" && v !== null) || typeof v === "function"; }

  // direct is an iterator with its next method, read once.
  function direct(iterator, name) {
    if (!isObject(iterator)) throw new TypeError(`Iterator.prototype.${name} was called on what is no object`);
    return { iterator, next: iterator.next };
  }
  function step(source) {
    const result = apply(source.next, source.iterator, []);
    if (!isObject(result)) throw new TypeError("an iterator result must be an object");
    return result;
  }
  function close(iterator) {
    const method = iterator.return;
    if (method === undefined || method === null) return;
    if (!isObject(apply(method, iterator, []))) throw new TypeError("an iterator's return must give an object");
  }
  // fail closes the iterator; the first error counts.
  function fail(iterator, error) {
    try { close(iterator); } catch { /* the first one counts */ }
    throw error;
  }
  // callback takes a function given to a method.
  function callback(self, fn, name) {
    if (!isObject(self)) throw new TypeError(`Iterator.prototype.${name} was called on what is no object`);
    if (typeof fn !== "function") fail(self, new TypeError(`the argument of Iterator.prototype.${name} is not a function`));
  }
  function limit(self, n, name) {
    if (!isObject(self)) throw new TypeError(`Iterator.prototype.${name} was called on what is no object`);
    let count;
    try { count = Number(n); } catch (e) { fail(self, e); }
    if (count !== count || trunc(count) < 0) fail(self, new RangeError(`the argument of Iterator.prototype.${name} must be a number that is not negative`));
    return trunc(count);
  }

  // Helper is what the lazy methods give. advance returns the next value or end; shut closes what it reads from.
  class Helper {
    #state = "start"; #advance; #shut;
    constructor(advance, shut) {
      this.#advance = advance;
      this.#shut = shut;
    }
    next() {
      if (this.#state === "running") throw new TypeError("the iterator is running already");
      if (this.#state === "done") return { value: undefined, done: true };
      this.#state = "running";
      let value = end;
      try {
        value = this.#advance();
      } finally {
        this.#state = value === end ? "done" : "suspended";
      }
      return value === end ? { value: undefined, done: true } : { value, done: false };
    }
    return() {
      if (this.#state === "running") throw new TypeError("the iterator is running already");
      if (this.#state === "done") return { value: undefined, done: true };
      this.#state = "done";
      this.#shut();
      return { value: undefined, done: true };
    }
  }

  class Wrapper {
    #source;
    constructor(source) { this.#source = source; }
    next() { return apply(this.#source.next, this.#source.iterator, []); }
    return() {
      const { iterator } = this.#source, method = iterator.return;
      if (method === undefined || method === null) return { value: undefined, done: true };
      return apply(method, iterator, []);
    }
  }

  function inherit(C) {
    Object.setPrototypeOf(C.prototype, prototype);
    delete C.prototype.constructor;
  }
  inherit(Helper);
  inherit(Wrapper);
  defineProperty(Helper.prototype, Symbol.toStringTag, { value: "Iterator Helper", configurable: true, enumerable: false, writable: false });

  // over is a helper that gives what visit makes of each value; visit may answer with skip to have the next one.
  const skip = {};
  function over(source, visit) {
    let i = 0;
    return new Helper(() => {
      for (;;) {
        const result = step(source);
        if (result.done) return end;
        const value = result.value;
        let made;
        try { made = visit(value, i++); } catch (e) { fail(source.iterator, e); }
        if (made !== skip) return made;
      }
    }, () => close(source.iterator));
  }

  // each calls visit with every value until it answers true, which closes the iterator.
  function each(source, visit) {
    for (let i = 0; ; i++) {
      const result = step(source);
      if (result.done) return;
      const value = result.value;
      let stop;
      try { stop = visit(value, i); } catch (e) { fail(source.iterator, e); }
      if (stop) return close(source.iterator);
    }
  }

  // flattenable is the iterator of what flatMap's mapper or Iterator.from was given.
  function flattenable(value, strings) {
    if (!isObject(value) && !(strings && typeof value === "string")) throw new TypeError("the value is neither iterable nor an iterator");
    const method = value[Symbol.iterator];
    const iterator = method === undefined || method === null ? value : apply(method, value, []);
    if (!isObject(iterator)) throw new TypeError("the value is neither iterable nor an iterator");
    return { iterator, next: iterator.next };
  }

  function flatMap(source, mapper) {
    let inner = null, i = 0;
    function fromInner() {
      let result;
      try {
        result = step(inner);
        if (!result.done) return result.value;
      } catch (e) { fail(source.iterator, e); }
      inner = null;
      return end;
    }
    return new Helper(() => {
      for (;;) {
        if (inner) {
          const value = fromInner();
          if (value !== end) return value;
        }
        const result = step(source);
        if (result.done) return end;
        const value = result.value;
        try { inner = flattenable(mapper(value, i++), false); } catch (e) { fail(source.iterator, e); }
      }
    }, () => {
      if (inner) {
        try { close(inner.iterator); } catch (e) { fail(source.iterator, e); }
      }
      close(source.iterator);
    });
  }

  function take(source, n) {
    let left = n;
    return new Helper(() => {
      if (left === 0) {
        close(source.iterator);
        return end;
      }
      left--;
      const result = step(source);
      return result.done ? end : result.value;
    }, () => close(source.iterator));
  }

  function drop(source, n) {
    let left = n;
    return new Helper(() => {
      for (; left > 0; left--) if (step(source).done) return end;
      const result = step(source);
      return result.done ? end : result.value;
    }, () => close(source.iterator));
  }

  function concat(items) {
    let at = 0, inner = null;
    return new Helper(() => {
      for (;;) {
        if (inner) {
          const result = step(inner);
          if (!result.done) return result.value;
          inner = null;
        }
        if (at === items.length) return end;
        const { method, item } = items[at++], iterator = apply(method, item, []);
        if (!isObject(iterator)) throw new TypeError("Symbol.iterator must give an object");
        inner = { iterator, next: iterator.next };
      }
    }, () => { if (inner) close(inner.iterator); });
  }

  const methods = {
    map(mapper) {
      callback(this, mapper, "map");
      return over(direct(this, "map"), mapper);
    },
    filter(predicate) {
      callback(this, predicate, "filter");
      return over(direct(this, "filter"), (value, i) => predicate(value, i) ? value : skip);
    },
    take(n) {
      const count = limit(this, n, "take");
      return take(direct(this, "take"), count);
    },
    drop(n) {
      const count = limit(this, n, "drop");
      return drop(direct(this, "drop"), count);
    },
    flatMap(mapper) {
      callback(this, mapper, "flatMap");
      return flatMap(direct(this, "flatMap"), mapper);
    },
    reduce(reducer, ...initial) {
      callback(this, reducer, "reduce");
      let has = initial.length > 0, total = initial[0];
      each(direct(this, "reduce"), (value, i) => {
        total = has ? reducer(total, value, i) : value;
        has = true;
      });
      if (!has) throw new TypeError("reduce of an empty iterator with no initial value");
      return total;
    },
    toArray() {
      const out = [];
      each(direct(this, "toArray"), (value, i) => { out[i] = value; });
      return out;
    },
    forEach(fn) {
      callback(this, fn, "forEach");
      each(direct(this, "forEach"), (value, i) => { fn(value, i); });
    },
    some(predicate) {
      callback(this, predicate, "some");
      let found = false;
      each(direct(this, "some"), (value, i) => { if (predicate(value, i)) return found = true; });
      return found;
    },
    every(predicate) {
      callback(this, predicate, "every");
      let all = true;
      each(direct(this, "every"), (value, i) => { if (!predicate(value, i)) { all = false; return true; } });
      return all;
    },
    find(predicate) {
      callback(this, predicate, "find");
      let found;
      each(direct(this, "find"), (value, i) => { if (predicate(value, i)) { found = value; return true; } });
      return found;
    },
  };

  function Iterator() {
    if (new.target === undefined || new.target === Iterator) throw new TypeError("Iterator cannot be constructed, only extended");
  }
  const statics = {
    from(value) {
      const source = flattenable(value, true);
      return apply(isPrototypeOf, prototype, [source.iterator]) ? source.iterator : new Wrapper(source);
    },
    concat(...values) {
      const items = [];
      for (let i = 0; i < values.length; i++) {
        const item = values[i];
        if (!isObject(item)) throw new TypeError("the arguments of Iterator.concat must be iterable objects");
        const method = item[Symbol.iterator];
        if (typeof method !== "function") throw new TypeError("the arguments of Iterator.concat must be iterable objects");
        items[i] = { method, item };
      }
      return concat(items);
    },
  };
  defineProperty(statics.concat, "length", { value: 0, configurable: true });

  for (const key of ownKeys(statics)) defineProperty(Iterator, key, { value: statics[key], writable: true, configurable: true, enumerable: false });
  defineProperty(Iterator, "prototype", { value: prototype, writable: false, enumerable: false, configurable: false });
  return { Iterator, methods };
})
