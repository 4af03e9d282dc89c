// What the inspector asks the engine, with functions that no script can replace afterwards and that run no getter.
(function () {
  "use strict";
  const { apply, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const { iterator, toStringTag } = Symbol;
  const { stringify } = JSON;
  const { parseInt, parseFloat, String } = globalThis;
  const TypedArray = getPrototypeOf(Uint8Array.prototype);
  const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
  const kindOf = getter(TypedArray, toStringTag), length = getter(TypedArray, "length");
  const viewed = getter(DataView.prototype, "byteLength"), viewedFrom = getter(DataView.prototype, "byteOffset");
  const mapEntries = Map.prototype.entries, setValues = Set.prototype.values;
  const mapSize = getter(Map.prototype, "size"), setSize = getter(Set.prototype, "size");
  const nextOfMap = new Map().entries().next, nextOfSet = new Set().values().next;
  const { toISOString, getTime } = Date.prototype;
  const regexpSource = getter(RegExp.prototype, "source"), regexpFlags = getter(RegExp.prototype, "flags");
  const functionSource = Function.prototype.toString;
  const unbox = [Number.prototype.valueOf, String.prototype.valueOf, Boolean.prototype.valueOf, BigInt.prototype.valueOf, Symbol.prototype.valueOf];

  function ownName(value) {
    const name = getOwnPropertyDescriptor(value, "name")?.value;
    return typeof name === "string" ? name : "";
  }

  return {
    isView: ArrayBuffer.isView,
    // peek gives take a data property's value, or what an accessor is made of.
    peek(object, key, take) {
      const own = getOwnPropertyDescriptor(object, key);
      if (own === undefined) return;
      if (own.get === undefined && own.set === undefined) take(own.value, "", own.enumerable);
      else take(undefined, own.set === undefined ? "[Getter]" : own.get === undefined ? "[Setter]" : "[Getter/Setter]", own.enumerable);
    },
    // className is the name of the constructor; "" if the object inherits from none.
    className(object) {
      for (let p = object; p !== null; p = getPrototypeOf(p)) {
        const made = getOwnPropertyDescriptor(p, "constructor")?.value;
        if (typeof made === "function" && ownName(made) !== "") return ownName(made);
      }
      return "";
    },
    tag(object) {
      for (let p = object; p !== null; p = getPrototypeOf(p)) {
        const own = getOwnPropertyDescriptor(p, toStringTag);
        if (own !== undefined) return typeof own.value === "string" ? own.value : "";
      }
      return "";
    },
    ownName,
    parent(fn) {
      const parent = getPrototypeOf(fn);
      return typeof parent === "function" ? ownName(parent) : "";
    },
    isClass: (fn) => { const text = apply(functionSource, fn, []); return text.length > 5 && text.slice(0, 5) === "class"; },
    mapSize: (map) => apply(mapSize, map, []),
    setSize: (set) => apply(setSize, set, []),
    entries(map, limit, take) {
      const list = apply(mapEntries, map, []);
      for (let i = 0; i < limit; i++) {
        const { value, done } = apply(nextOfMap, list, []);
        if (done) return;
        take(value[0], value[1]);
      }
    },
    members(set, limit, take) {
      const list = apply(setValues, set, []);
      for (let i = 0; i < limit; i++) {
        const { value, done } = apply(nextOfSet, list, []);
        if (done) return;
        take(value);
      }
    },
    date(date) {
      const time = apply(getTime, date, []);
      return time === time ? apply(toISOString, date, []) : "Invalid Date";
    },
    regexp: (value) => `/${apply(regexpSource, value, [])}/${apply(regexpFlags, value, [])}`,
    unbox(value, take) {
      for (let i = 0; i < unbox.length; i++) {
        let primitive;
        try { primitive = apply(unbox[i], value, []); } catch { continue; }
        take(primitive);
        return;
      }
    },
    // view gives take the name of a typed array and its length, or "DataView", its length and offset.
    view(view, take) {
      const kind = apply(kindOf, view, []);
      if (kind === undefined) take("DataView", apply(viewed, view, []), apply(viewedFrom, view, []));
      else take(kind, apply(length, view, []));
    },
    text: (value) => String(value),
    integer: (value) => (typeof value === "bigint" ? `${value}n` : String(typeof value === "symbol" ? NaN : parseInt(value, 10))),
    decimal: (value) => String(typeof value === "symbol" ? NaN : parseFloat(value)),
    json: (value) => String(stringify(value)),
  };
})
