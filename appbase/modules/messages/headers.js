// Headers (Fetch standard 5.1), without guards: there is no page to protect from itself.
const { apply, defineProperty, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;
const { ArrayBuffer, Uint8Array } = globalThis;
const { parse, stringify } = JSON;
const blobs = need("blob");
const INTERNAL = Symbol("internal");
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const fail = (message) => { throw new TypeError(message); };
const { isArray } = Array;
const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

function hidden(object, key, value, writable) {
  defineProperty(object, key, { value, writable, enumerable: false, configurable: true });
}

function count(what, given, wanted) {
  if (given < wanted) fail(`${what} needs ${wanted} argument${wanted === 1 ? "" : "s"}, but got ${given}`);
}

function dictionary(value, what) {
  if (value === undefined || value === null) return {};
  return isObject(value) ? value : fail(`${what} must be an object`);
}

let fieldsOf, headersOf, isHeaders;

/** What is missing among the arguments. An arguments object would cost more than the rest, so undefined counts as missing. */
function missing(what, name, value) {
  count(`Headers.${what}`, name === undefined ? 0 : 1, value === null ? 1 : 2);
}

class Headers {
  #fields; // the host's
  static {
    isHeaders = (value) => isObject(value) && #fields in value;
    /** What the host has of a Headers. */
    fieldsOf = (headers) => headers.#fields;
    /** Of fields of the host's, or of a flat list [name, value, name, value], names in lower case. */
    headersOf = (fields) => new Headers(INTERNAL, isArray(fields) ? host.fields(fields) : fields);
  }

  constructor(init = undefined, fields = undefined) {
    if (init === INTERNAL) this.#fields = fields;
    else if (init === undefined) this.#fields = host.fields();
    else if (!isObject(init)) fail("Headers are made of an object, of pairs [name, value] or of Headers");
    else if (isHeaders(init) && init[Symbol.iterator] === entries) this.#fields = host.fields(init.#fields);
    else {
      this.#fields = host.fields();
      this.#fill(init);
    }
  }
  #fill(init) {
    const iterator = init[Symbol.iterator];
    if (iterator === undefined || iterator === null) {
      host.fill(this.#fields, init);
      return;
    }
    for (const pair of init) {
      if (!isObject(pair)) fail("each element given to Headers must be a pair [name, value]");
      const [name, value, ...more] = pair;
      if (value === undefined || more.length > 0) fail("each element given to Headers must be a pair [name, value]");
      host.append(this.#fields, name, value);
    }
  }
  append(name, value) {
    if (value === undefined) missing("append", name);
    host.append(this.#fields, name, value);
  }
  set(name, value) {
    if (value === undefined) missing("set", name);
    host.set(this.#fields, name, value);
  }
  get(name) {
    if (name === undefined) missing("get", name, null);
    return host.get(this.#fields, name);
  }
  getSetCookie() { return host.cookies(this.#fields); }
  has(name) {
    if (name === undefined) missing("has", name, null);
    return host.has(this.#fields, name);
  }
  delete(name) {
    if (name === undefined) missing("delete", name, null);
    host.delete(this.#fields, name);
  }
  forEach(callback, thisArg = undefined) {
    if (typeof callback !== "function") fail("the first argument of Headers.forEach must be a function");
    const fields = this.#fields;
    for (let i = 0, pair = host.pair(fields, i); pair !== undefined; pair = host.pair(fields, ++i)) {
      apply(callback, thisArg, [pair[1], pair[0], this]);
    }
  }
  entries() { return new HeadersIterator(this, (pair) => pair); }
  keys() { return new HeadersIterator(this, ([name]) => name); }
  values() { return new HeadersIterator(this, ([, value]) => value); }
}
const { entries } = Headers.prototype;

/** The iterator over headers, which may change meanwhile: it goes by its place among those that are there now. */
class HeadersIterator {
  #fields; #read; #index = 0;
  constructor(headers, read) {
    this.#fields = fieldsOf(headers);
    this.#read = read;
  }
  next() {
    const pair = host.pair(this.#fields, this.#index), read = this.#read;
    if (pair === undefined) return { value: undefined, done: true };
    this.#index++;
    return { value: read(pair), done: false };
  }
}
delete HeadersIterator.prototype.constructor;
setPrototypeOf(HeadersIterator.prototype, getPrototypeOf(getPrototypeOf([][Symbol.iterator]())));
hidden(HeadersIterator.prototype, Symbol.toStringTag, "Headers Iterator", false);
hidden(Headers.prototype, Symbol.iterator, Headers.prototype.entries, true);
hidden(Headers.prototype, Symbol.toStringTag, "Headers", false);
