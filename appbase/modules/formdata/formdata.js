// FormData (XMLHttpRequest standard 5) and its multipart form (HTML 4.10.21.8, RFC 7578).
const { apply, defineProperty, getPrototypeOf, setPrototypeOf } = Reflect;
const blobs = need("blob");

const fail = (message) => { throw new TypeError(message); };

function count(name, given, wanted) {
  if (given < wanted) fail(`FormData.${name} needs ${wanted} argument${wanted === 1 ? "" : "s"}, but got ${given}`);
}

const scalar = (value) => blobs.wellFormed(`${value}`);

/** The value of an entry: a text, or a File. */
function entryValue(value, filename, given) {
  if (!blobs.isBlob(value)) return given ? fail("only a Blob takes a file name") : scalar(value);
  if (given) return blobs.fileOf(value, scalar(filename));
  return blobs.isFile(value) ? value : blobs.fileOf(value, "blob");
}

const maxEntries = 100000;

let entriesOf, formOf, isForm;

class FormData {
  #entries = []; // [name, value]
  static {
    entriesOf = (form) => form.#entries;
    isForm = (value) => typeof value === "object" && value !== null && #entries in value;
    formOf = (entries) => {
      const form = new FormData();
      form.#entries = entries;
      return form;
    };
  }
  constructor(form = undefined) {
    if (form !== undefined) fail("FormData takes no form: there are no forms here");
  }
  append(name, value, filename = undefined) {
    count("append", arguments.length, 2);
    if (this.#entries.length >= maxEntries) throw new RangeError(`a FormData has at most ${maxEntries} entries`);
    this.#entries.push([scalar(name), entryValue(value, filename, arguments.length > 2 && filename !== undefined)]);
  }
  delete(name) {
    count("delete", arguments.length, 1);
    const key = scalar(name);
    this.#entries = this.#entries.filter(([other]) => other !== key);
  }
  get(name) {
    count("get", arguments.length, 1);
    const key = scalar(name);
    return this.#entries.find(([other]) => other === key)?.[1] ?? null;
  }
  getAll(name) {
    count("getAll", arguments.length, 1);
    const key = scalar(name);
    return this.#entries.filter(([other]) => other === key).map(([, value]) => value);
  }
  has(name) {
    count("has", arguments.length, 1);
    const key = scalar(name);
    return this.#entries.some(([other]) => other === key);
  }
  set(name, value, filename = undefined) {
    count("set", arguments.length, 2);
    const key = scalar(name), entry = [key, entryValue(value, filename, arguments.length > 2 && filename !== undefined)];
    const at = this.#entries.findIndex(([other]) => other === key);
    if (at < 0) this.#entries.push(entry);
    else this.#entries = this.#entries.filter(([other], i) => i <= at || other !== key).with(at, entry);
  }
  forEach(callback, thisArg = undefined) {
    count("forEach", arguments.length, 1);
    if (typeof callback !== "function") fail("the first argument of FormData.forEach must be a function");
    for (let i = 0; i < this.#entries.length; i++) apply(callback, thisArg, [this.#entries[i][1], this.#entries[i][0], this]);
  }
  entries() { return new Entries(this, ([name, value]) => [name, value]); }
  keys() { return new Entries(this, ([name]) => name); }
  values() { return new Entries(this, ([, value]) => value); }
}

/** The iterator over a form, which may change meanwhile. */
class Entries {
  #form; #read; #index = 0;
  constructor(form, read) {
    entriesOf(form);
    this.#form = form;
    this.#read = read;
  }
  next() {
    const entry = entriesOf(this.#form)[this.#index];
    if (entry === undefined) return { value: undefined, done: true };
    this.#index++;
    const read = this.#read;
    return { value: read(entry), done: false };
  }
}
delete Entries.prototype.constructor;
setPrototypeOf(Entries.prototype, getPrototypeOf(getPrototypeOf([][Symbol.iterator]())));

function hidden(object, key, value, writable) {
  defineProperty(object, key, { value, writable, enumerable: false, configurable: true });
}
hidden(FormData.prototype, Symbol.iterator, FormData.prototype.entries, true);
hidden(FormData.prototype, Symbol.toStringTag, "FormData", false);
hidden(Entries.prototype, Symbol.toStringTag, "FormData Iterator", false);

// ---- multipart/form-data ----

const lines = (text) => text.replace(/\r\n?|\n/g, "\r\n");
const escapes = { "\n": "%0A", "\r": "%0D", "\"": "%22" };
const quoted = (text) => `"${text.replace(/[\n\r"]/g, (c) => escapes[c])}"`;

/** A form as a Blob, whose type names the boundary. */
function encode(form) {
  const boundary = host.boundary(), parts = [];
  for (const [name, value] of entriesOf(form)) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(lines(name))}`;
    if (typeof value === "string") parts.push(`${head}\r\n\r\n${lines(value)}\r\n`);
    else parts.push(`${head}; filename=${quoted(value.name)}\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`, value, "\r\n");
  }
  parts.push(`--${boundary}--\r\n`);
  return blobs.blobOf(parts, `multipart/form-data; boundary=${boundary}`);
}

/** The form in the bytes of a body. What is not well formed throws a TypeError. */
function decode(buffer, type) {
  return formOf(host.parts(buffer, type).map(([name, text, data, filename, kind]) =>
    [name, text ?? blobs.fileOf(blobs.blobOf([data], kind), filename)]));
}

/** The form in a body of type application/x-www-form-urlencoded. */
const decodeQuery = (text) => formOf([...new globalThis.URLSearchParams(text)]);

const internals = { isForm, formOf, entriesOf, encode, decode, decodeQuery };
