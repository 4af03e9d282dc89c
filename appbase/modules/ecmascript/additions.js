// Methods that are newer than the engine: of ArrayBuffer, Map, WeakMap, Math and DataView.
(function (host) {
  "use strict";
  const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
  const { TypeError, RangeError, Number, ArrayBuffer, Uint8Array, Math } = globalThis;
  const byteLength = getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;
  const { set: setBytes } = Object.getPrototypeOf(Uint8Array.prototype), { getUint16, setUint16 } = DataView.prototype;
  const { has, get, set } = Map.prototype, { has: hasWeak, get: getWeak, set: setWeak } = WeakMap.prototype;

  // define adds what is not there, as the engine's own are: writable, configurable, not enumerable.
  function define(target, methods) {
    const keys = ownKeys(methods);
    for (let i = 0; i < keys.length; i++) {
      if (Object.hasOwn(target, keys[i])) continue;
      const d = getOwnPropertyDescriptor(methods, keys[i]);
      d.enumerable = false;
      defineProperty(target, keys[i], d);
    }
  }

  function index(n) {
    const i = Math.trunc(Number(n)) || 0;
    if (i < 0 || i > Number.MAX_SAFE_INTEGER) throw new RangeError("the length of an ArrayBuffer is not valid");
    return i;
  }

  // move gives the bytes to a new buffer and detaches the old one.
  function move(buffer, args) {
    const old = apply(byteLength, buffer, []), length = args.length === 0 || args[0] === undefined ? old : index(args[0]);
    if (host.detached(buffer)) throw new TypeError("the ArrayBuffer is detached");
    if (length === old) return host.move(buffer);
    const moved = new ArrayBuffer(length);
    apply(setBytes, new Uint8Array(moved), [new Uint8Array(buffer, 0, Math.min(old, length))]);
    host.detach(buffer);
    return moved;
  }
  define(ArrayBuffer.prototype, {
    get detached() { apply(byteLength, this, []); return host.detached(this); },
    transfer(...length) { return move(this, length); },
    transferToFixedLength(...length) { return move(this, length); },
  });
  defineProperty(ArrayBuffer.prototype.transfer, "length", { value: 0, configurable: true });
  defineProperty(ArrayBuffer.prototype.transferToFixedLength, "length", { value: 0, configurable: true });

  function function_(fn) {
    if (typeof fn !== "function") throw new TypeError("the second argument of getOrInsertComputed is not a function");
    return fn;
  }
  define(Map.prototype, {
    getOrInsert(key, value) {
      if (!apply(has, this, [key])) apply(set, this, [key, value]);
      return apply(get, this, [key]);
    },
    getOrInsertComputed(key, callback) {
      if (apply(has, this, [key])) return apply(get, this, [key]);
      const value = function_(callback)(key === 0 ? 0 : key);
      apply(set, this, [key, value]);
      return value;
    },
  });
  define(WeakMap.prototype, {
    getOrInsert(key, value) {
      if (!apply(hasWeak, this, [key])) apply(setWeak, this, [key, value]);
      return apply(getWeak, this, [key]);
    },
    getOrInsertComputed(key, callback) {
      if (apply(hasWeak, this, [key])) return apply(getWeak, this, [key]);
      function_(callback);
      if (Object(key) !== key) throw new TypeError("a key of a WeakMap must be an object");
      const value = callback(key);
      apply(setWeak, this, [key, value]);
      return value;
    },
  });

  define(Math, {
    sumPrecise(items) {
      if (items === undefined || items === null) throw new TypeError(`cannot iterate ${items}`);
      const sum = host.sum();
      let chunk = [];
      for (const n of items) {
        if (typeof n !== "number") throw new TypeError("Math.sumPrecise takes numbers only");
        chunk[chunk.length] = n;
        if (chunk.length === 1024) {
          host.add(sum, chunk);
          chunk = [];
        }
      }
      host.add(sum, chunk);
      return host.total(sum);
    },
    f16round(x) { return host.fromHalf(host.toHalf(Number(x))); },
  });
  define(DataView.prototype, {
    getFloat16(byteOffset, littleEndian = undefined) { return host.fromHalf(apply(getUint16, this, [byteOffset, littleEndian])); },
    setFloat16(byteOffset, value, littleEndian = undefined) { apply(setUint16, this, [byteOffset, host.toHalf(Number(value)), littleEndian]); },
  });
  defineProperty(DataView.prototype.getFloat16, "length", { value: 1, configurable: true });
  defineProperty(DataView.prototype.setFloat16, "length", { value: 2, configurable: true });
  return {};
})
