(function (host) {
  "use strict";
  const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const { DOMException } = globalThis;
  const { isView } = ArrayBuffer;
  const TypedArray = getPrototypeOf(Uint8Array.prototype);
  const getter = (name) => getOwnPropertyDescriptor(TypedArray, name).get;
  const kindOf = getter(Symbol.toStringTag), buffer = getter("buffer"), byteOffset = getter("byteOffset"), byteLength = getter("byteLength");
  const integers = {
    __proto__: null, Int8Array: true, Uint8Array: true, Uint8ClampedArray: true, Int16Array: true, Uint16Array: true,
    Int32Array: true, Uint32Array: true, BigInt64Array: true, BigUint64Array: true,
  };
  const MAX_BYTES = 65536;
  let making = false;

  class Crypto {
    #brand;
    constructor() {
      if (!making) throw new TypeError("Crypto has no constructor: use the global crypto");
    }
    get subtle() {
      this.#brand;
      return host.subtle();
    }
    getRandomValues(array) {
      this.#brand;
      if (arguments.length < 1) throw new TypeError("crypto.getRandomValues needs 1 argument, but got 0");
      if (!isView(array)) throw new TypeError("the argument of crypto.getRandomValues must be a typed array");
      const kind = apply(kindOf, array, []);
      if (integers[kind] !== true) {
        throw new DOMException(`crypto.getRandomValues fills typed arrays of integers, not a ${kind ?? "DataView"}`, "TypeMismatchError");
      }
      const length = apply(byteLength, array, []);
      if (length > MAX_BYTES) {
        throw new DOMException(`crypto.getRandomValues gives at most ${MAX_BYTES} bytes at once, not ${length}`, "QuotaExceededError");
      }
      host.fill(apply(buffer, array, []), apply(byteOffset, array, []), length);
      return array;
    }
    randomUUID() {
      this.#brand;
      return host.uuid();
    }
  }
  defineProperty(Crypto.prototype, Symbol.toStringTag, { value: "Crypto", writable: false, enumerable: false, configurable: true });
  making = true;
  const crypto = new Crypto();
  making = false;
  return { crypto, Crypto };
})
