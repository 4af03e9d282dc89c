// structuredClone. Go walks the values; what needs the engine's own functions is done here, with functions no script can
// replace afterwards.
(function (host) {
  "use strict";
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const { iterator, toStringTag } = Symbol;
  const { DOMException, ArrayBuffer, DataView, Map, Set, Date, RegExp, Object, String, BigInt } = globalThis;
  const TypedArray = getPrototypeOf(Uint8Array.prototype);
  const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;

  const kindOf = getter(TypedArray, toStringTag);
  const ofTyped = ["buffer", "byteOffset", "length"].map((name) => getter(TypedArray, name));
  const ofData = ["buffer", "byteOffset", "byteLength"].map((name) => getter(DataView.prototype, name));
  const views = { __proto__: null, DataView };
  for (const C of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
    Float64Array, BigInt64Array, BigUint64Array]) views[C.name] = C;
  const errors = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  const { getTime } = Date.prototype;
  const source = getter(RegExp.prototype, "source"), flags = getter(RegExp.prototype, "flags");
  const { forEach: eachEntry, set } = Map.prototype;
  const { forEach: eachMember, add } = Set.prototype;
  const nameOf = getter(DOMException.prototype, "name"), messageOf = getter(DOMException.prototype, "message");

  // own is the value of a data property of the object's own.
  function own(object, name) {
    return getOwnPropertyDescriptor(object, name)?.value;
  }
  function hidden(object, name, value) {
    if (value !== undefined) defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
  }

  const helpers = {
    newMap: () => new Map(),
    newSet: () => new Set(),
    entries: (map, take) => { apply(eachEntry, map, [(value, key) => take(key, value)]); },
    members: (set, take) => { apply(eachMember, set, [(value) => take(value)]); },
    put: (map, key, value) => { apply(set, map, [key, value]); },
    add: (set, value) => { apply(add, set, [value]); },
    date: (value) => new Date(apply(getTime, value, [])),
    regexp: (value) => new RegExp(apply(source, value, []), apply(flags, value, [])),
    // box copies a boxed primitive; typeof tells which one.
    box: (value, valueOf) => Object(apply(valueOf, value, [])),
    buffer: (length) => new ArrayBuffer(length),
    // view gives take the parts of a view, with the length that its constructor takes.
    view: (value, take) => {
      const kind = apply(kindOf, value, []), [buffer, offset, length] = kind === undefined ? ofData : ofTyped;
      take(kind ?? "DataView", apply(buffer, value, []), apply(offset, value, []), apply(length, value, []));
    },
    newView: (kind, buffer, offset, length) => construct(views[kind], [buffer, offset, length]),
    error: (value) => {
      let copy;
      try {
        copy = new DOMException(apply(messageOf, value, []), apply(nameOf, value, []));
      } catch {
        const name = value.name, message = own(value, "message");
        copy = new (errors[name === undefined ? "Error" : `${name}`] ?? Error)();
        hidden(copy, "message", message === undefined ? message : `${message}`);
      }
      const stack = own(value, "stack");
      hidden(copy, "stack", typeof stack === "string" ? stack : "");
      return copy;
    },
    refuse: (what) => { throw new DOMException(`${what} could not be cloned`, "DataCloneError"); },
    tooDeep: (depth) => { throw new RangeError(`structuredClone takes values at most ${depth} levels deep`); },
    // platform tells what has more to it than properties: built-in classes mark their prototypes with a tag that no
    // assignment changes. The result is the tag, or undefined for an instance of a script's own class.
    platform: (value) => {
      for (let p = getPrototypeOf(value); p !== null; p = getPrototypeOf(p)) {
        const tag = getOwnPropertyDescriptor(p, toStringTag);
        if (tag !== undefined) return tag.writable === false ? tag.value : undefined;
      }
    },
    isView: ArrayBuffer.isView,
    number: Number.prototype.valueOf, string: String.prototype.valueOf, boolean: Boolean.prototype.valueOf, bigint: BigInt.prototype.valueOf,
  };

  function transferList(options) {
    if (options === undefined || options === null) return undefined;
    if (typeof options !== "object" && typeof options !== "function") throw new TypeError("the options of structuredClone must be an object");
    const { transfer } = options;
    if (transfer === undefined) return undefined;
    if (transfer === null || typeof transfer !== "object" || typeof transfer[iterator] !== "function") {
      throw new TypeError("the option transfer of structuredClone must be iterable");
    }
    const list = [...transfer];
    for (const item of list) {
      if (item === null || (typeof item !== "object" && typeof item !== "function")) throw new TypeError("what structuredClone transfers must be objects");
    }
    return list;
  }

  const clone = host.prepare(helpers);
  const functions = {
    structuredClone(value, options = {}) {
      if (arguments.length < 1) throw new TypeError("structuredClone needs 1 argument, but got 0");
      const transfer = transferList(options);
      return transfer === undefined ? clone(value) : clone(value, ...transfer);
    },
  };
  return { structuredClone: functions.structuredClone };
})
