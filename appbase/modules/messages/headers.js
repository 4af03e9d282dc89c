// Headers (Fetch standard 5.1), without guards: there is no page to protect from itself.
const { apply, defineProperty, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;
const { ArrayBuffer, Uint8Array } = globalThis;
const { parse, stringify } = JSON;
const blobs = need("blob");
const INTERNAL = Symbol("internal");
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const fail = (message) => { throw new TypeError(message); };
const keysOf = Object.keys;
const mapEach = Map.prototype.forEach;
const forEach = (map, fn) => apply(mapEach, map, [fn]);
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

const known = new Map(); // header names as they were written -> in lower case
const maxKnown = 500;

function headerName(name) {
  const found = known.get(name);
  if (found !== undefined) return found;
  const text = `${name}`, lower = host.headerName(text);
  if (lower === "") fail(`${stringify(text)} is not a header name`);
  if (known.size < maxKnown && text.length < 100) known.set(text, lower);
  return lower;
}

function headerValue(value) {
  const text = `${value}`, normal = host.headerValue(text);
  if (normal !== undefined) return normal;
  return fail(`header value ${stringify(text)} has ${/[^\x00-\xff]/.test(text) ? "a character above U+00FF in it: encode it first" : "a line break in it"}`);
}

let pairsOf, headersOf, isHeaders;

class Headers {
  #map = new Map(); // name in lower case -> value, or for set-cookie a list of them
  static {
    isHeaders = (value) => isObject(value) && #map in value;
    // [name, value] of all, sorted by name, each cookie by itself ("sort and combine")
    pairsOf = (headers) => {
      const pairs = [];
      forEach(headers.#map, (value, name) => { // an iterator would make two objects for each
        if (name !== "set-cookie") pairs.push([name, value]);
        else value.forEach((cookie) => pairs.push([name, cookie]));
      });
      return pairs.length < 2 ? pairs : pairs.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
    };
    // of a flat list [name, value, name, value] of the host's, names in lower case
    headersOf = (flat) => {
      const headers = new Headers();
      for (let i = 0; i < flat.length; i += 2) {
        if (flat[i] === "set-cookie") headers.append(flat[i], flat[i + 1]);
        else headers.#map.set(flat[i], flat[i + 1]);
      }
      return headers;
    };
  }

  constructor(init = undefined) {
    if (init === undefined) return;
    if (!isObject(init)) fail("Headers are made of an object, of pairs [name, value] or of Headers");
    const iterator = init[Symbol.iterator];
    if (iterator === undefined || iterator === null) {
      for (const key of keysOf(init)) this.append(key, init[key]);
      return;
    }
    for (const pair of init) {
      if (!isObject(pair)) fail("each element given to Headers must be a pair [name, value]");
      const [name, value, ...more] = pair;
      if (value === undefined || more.length > 0) fail("each element given to Headers must be a pair [name, value]");
      this.append(name, value);
    }
  }
  append(name, value) {
    count("Headers.append", arguments.length, 2);
    const map = this.#map, key = headerName(name), text = headerValue(value), old = map.get(key);
    if (key === "set-cookie") map.set(key, old === undefined ? [text] : [...old, text]);
    else map.set(key, old === undefined ? text : `${old}, ${text}`);
  }
  set(name, value) {
    count("Headers.set", arguments.length, 2);
    const map = this.#map, key = headerName(name), text = headerValue(value);
    map.set(key, key === "set-cookie" ? [text] : text);
  }
  get(name) {
    count("Headers.get", arguments.length, 1);
    const value = this.#map.get(headerName(name));
    if (value === undefined) return null;
    return typeof value === "string" ? value : value.join(", ");
  }
  getSetCookie() { return [...(this.#map.get("set-cookie") ?? [])]; }
  has(name) {
    count("Headers.has", arguments.length, 1);
    return this.#map.has(headerName(name));
  }
  delete(name) {
    count("Headers.delete", arguments.length, 1);
    this.#map.delete(headerName(name));
  }
  forEach(callback, thisArg = undefined) {
    count("Headers.forEach", arguments.length, 1);
    if (typeof callback !== "function") fail("the first argument of Headers.forEach must be a function");
    for (let i = 0, pairs = pairsOf(this); i < pairs.length; i++, pairs = pairsOf(this)) {
      apply(callback, thisArg, [pairs[i][1], pairs[i][0], this]);
    }
  }
  entries() { return new HeadersIterator(this, (pair) => pair); }
  keys() { return new HeadersIterator(this, ([name]) => name); }
  values() { return new HeadersIterator(this, ([, value]) => value); }
}

/** The iterator over headers, which may change meanwhile: it goes by its place among those that are there now. */
class HeadersIterator {
  #headers; #read; #index = 0;
  constructor(headers, read) {
    pairsOf(headers);
    this.#headers = headers;
    this.#read = read;
  }
  next() {
    const pairs = pairsOf(this.#headers);
    if (this.#index >= pairs.length) return { value: undefined, done: true };
    const read = this.#read;
    return { value: read(pairs[this.#index++]), done: false };
  }
}
delete HeadersIterator.prototype.constructor;
setPrototypeOf(HeadersIterator.prototype, getPrototypeOf(getPrototypeOf([][Symbol.iterator]())));
hidden(HeadersIterator.prototype, Symbol.toStringTag, "Headers Iterator", false);
hidden(Headers.prototype, Symbol.iterator, Headers.prototype.entries, true);
hidden(Headers.prototype, Symbol.toStringTag, "Headers", false);
