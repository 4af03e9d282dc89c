// What Iterator.prototype has from the beginning: the rest is made at its first use (see iterator.js).
(function (host) {
  "use strict";
  const { apply, defineProperty, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;
  const prototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));

  function isObject(v) { return (typeof v === "object" && v !== null) || typeof v === "function"; }

  const { dispose } = { dispose() {
    const method = this.return;
    if (method !== undefined && method !== null) apply(method, this, []);
  } };
  defineProperty(dispose, "name", { value: "[Symbol.dispose]", configurable: true });
  defineProperty(prototype, Symbol.dispose, { value: dispose, writable: true, configurable: true, enumerable: false });

  // Both are accessors so that programs which once set them on objects that inherit go on working (27.1.4.1, 27.1.4.14).
  function fixed(key, get) {
    defineProperty(prototype, key, {
      get,
      set(v) {
        if (!isObject(this)) throw new TypeError("the receiver is no object");
        if (this === prototype) throw new TypeError("Iterator.prototype cannot be changed so");
        if (getOwnPropertyDescriptor(this, key) === undefined) {
          defineProperty(this, key, { value: v, writable: true, enumerable: true, configurable: true });
        } else this[key] = v;
      },
      enumerable: false, configurable: true,
    });
  }
  fixed("constructor", () => host.iterator());
  fixed(Symbol.toStringTag, () => "Iterator");
  return { prototype };
})
