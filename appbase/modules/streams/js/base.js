// What all streams share (Streams standard 8 and 9). A public object holds its state, a plain object, in a private field;
// the operations of the standard work on states, whose field self is the public object.
const { apply, defineProperty, setPrototypeOf } = Reflect;
const { abortSignal, addAlgorithm, isSignal, newSignal, removeAlgorithm } = need("events");
const { Uint8Array, ArrayBuffer, DataView } = globalThis;
const INTERNAL = Symbol("internal"); // the first argument of a constructor when the state is the second
const { then } = Promise.prototype;
const noop = () => {};

const fail = (message) => { throw new TypeError(message); };
const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
const illegal = (name) => fail(`${name} cannot be constructed`);

function tag(Class, name) {
  defineProperty(Class.prototype, Symbol.toStringTag, { value: name, writable: false, enumerable: false, configurable: true });
}

// ---- promises: none of it can be changed by a script that changes Promise.prototype ----

const resolvedWith = (value) => new Promise((resolve) => resolve(value));
const asPromise = (value) => value instanceof Promise && value.constructor === Promise ? value : resolvedWith(value);
const rejectedWith = (reason) => new Promise((_, reject) => reject(reason));
const upon = (promise, fulfilled, rejected) => apply(then, promise, [fulfilled, rejected]);
const handled = (promise) => { apply(then, promise, [undefined, noop]); };

/** A promise that is settled from outside; pending tells whether it has been. */
class Deferred {
  pending = true;
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolveWith = resolve;
      this.rejectWith = reject;
    });
  }
  resolve(value) {
    this.pending = false;
    this.resolveWith(value);
  }
  reject(reason) {
    this.pending = false;
    this.rejectWith(reason);
  }
  /** Rejects a promise that nobody has to listen to. */
  refuse(reason) {
    this.reject(reason);
    handled(this.promise);
  }
  static resolved(value) {
    const deferred = new Deferred();
    deferred.resolve(value);
    return deferred;
  }
  static refused(reason) {
    const deferred = new Deferred();
    deferred.refuse(reason);
    return deferred;
  }
}

/** Calls a method of a source or sink; what it throws rejects. */
function promiseCall(method, self, args) {
  try {
    return asPromise(apply(method, self, args));
  } catch (error) {
    return rejectedWith(error);
  }
}

// ---- arguments (Web IDL) ----

function dictionary(value, what) {
  if (value === undefined || value === null) return {};
  return isObject(value) ? value : fail(`${what} must be an object`);
}

/** A member of a dictionary that is a function or absent. */
function method(object, name) {
  const value = object[name];
  if (value !== undefined && typeof value !== "function") fail(`${name} must be a function`);
  return value;
}

function highWaterMark(strategy, standard) {
  if (strategy.highWaterMark === undefined) return standard;
  const mark = Number(strategy.highWaterMark);
  if (!(mark >= 0)) throw new RangeError(`highWaterMark is a number, 0 or more, not ${mark}`);
  return mark;
}

function strategyOf(value) {
  const { highWaterMark: mark } = dictionary(value, "a queuing strategy");
  return { highWaterMark: mark === undefined ? undefined : Number(mark), size: method(dictionary(value), "size") };
}

function wholeNumber(value, what) {
  const n = Math.trunc(Number(value));
  if (!(n >= 0 && n <= Number.MAX_SAFE_INTEGER)) fail(`${what} must be a whole number, 0 or more`);
  return n;
}

// ---- buffers ----

const isDetached = (buffer) => host.isDetached(buffer);
/** The same bytes in a new ArrayBuffer; the old one is detached. */
const transfer = (buffer) => host.transfer(buffer);
const isBytes = (value) => ArrayBuffer.isView(value) && value instanceof Uint8Array;

// ---- queues ----

/** First in, first out, at constant cost. */
class Queue {
  #items = []; #head = 0;
  get length() { return this.#items.length - this.#head; }
  get first() { return this.#items[this.#head]; }
  push(item) { this.#items.push(item); }
  shift() {
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }
  clear() {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }
}

/** A queue that knows the sum of its items' sizes (8.1). */
class SizedQueue extends Queue {
  total = 0;
  add(value, size) {
    const n = Number(size);
    if (!(n >= 0 && n < Infinity)) throw new RangeError(`the size of a chunk is a finite number, 0 or more, not ${n}`);
    this.push({ value, size: n });
    this.total += n;
  }
  take() {
    const { value, size } = this.shift();
    this.total = Math.max(0, this.total - size);
    return value;
  }
  reset() {
    this.clear();
    this.total = 0;
  }
}

// ---- strategies (Streams standard 7) ----

const countSize = { size() { return 1; } }.size;
const byteSize = { size(chunk) { return chunk.byteLength; } }.size;

class CountQueuingStrategy {
  #mark;
  constructor(init) {
    if (!isObject(init) || init.highWaterMark === undefined) fail("CountQueuingStrategy needs an object with highWaterMark");
    this.#mark = Number(init.highWaterMark);
  }
  get highWaterMark() { return this.#mark; }
  get size() { void this.#mark; return countSize; }
}
tag(CountQueuingStrategy, "CountQueuingStrategy");

class ByteLengthQueuingStrategy {
  #mark;
  constructor(init) {
    if (!isObject(init) || init.highWaterMark === undefined) fail("ByteLengthQueuingStrategy needs an object with highWaterMark");
    this.#mark = Number(init.highWaterMark);
  }
  get highWaterMark() { return this.#mark; }
  get size() { void this.#mark; return byteSize; }
}
tag(ByteLengthQueuingStrategy, "ByteLengthQueuingStrategy");
