// Blob and File (File API 3 and 4). The bytes are the host's: a content, which never changes, of parts in memory or elsewhere.
const { defineProperty } = Reflect;
const { ArrayBuffer, Uint8Array } = globalThis;
const { stringify } = JSON;
const INTERNAL = Symbol("internal");
const pieceBytes = 64 * 1024;

const fail = (message) => { throw new TypeError(message); };
const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

function tag(Class, name) {
  defineProperty(Class.prototype, Symbol.toStringTag, { value: name, writable: false, enumerable: false, configurable: true });
}

let contentOf, isBlob;

class Blob {
  #content; #type;
  static {
    contentOf = (blob) => blob.#content;
    isBlob = (value) => isObject(value) && #content in value;
  }
  constructor(parts = undefined, options = undefined) {
    if (parts === INTERNAL) {
      this.#content = options.content;
      this.#type = options.type;
      return;
    }
    const list = parts === undefined ? [] : listOf(parts);
    const { endings = "transparent", type = "" } = dictionary(options);
    if (!["transparent", "native"].includes(`${endings}`)) fail(`endings is "transparent" or "native", not ${stringify(`${endings}`)}`);
    this.#content = build(list, `${endings}` === "native");
    this.#type = mediaType(`${type}`);
  }
  get size() { return host.size(this.#content); }
  get type() { return this.#type; }
  slice(start = 0, end = undefined, type = "") {
    const { size } = this, from = position(start, size), to = end === undefined ? size : position(end, size);
    return new Blob(INTERNAL, { content: host.slice(this.#content, from, Math.max(from, to)), type: mediaType(`${type}`) });
  }
  stream() { return streamOf(this.#content); }
  async arrayBuffer() { return host.read(this.#content, 0, host.size(this.#content)); }
  async bytes() { return new Uint8Array(await this.arrayBuffer()); }
  async text() { return host.decode(await host.read(this.#content, 0, host.size(this.#content))); }
}
tag(Blob, "Blob");

class File extends Blob {
  #name; #modified;
  constructor(parts, name, options = undefined) {
    if (parts === INTERNAL) {
      super(parts, options);
      this.#name = name;
      this.#modified = options.modified;
      return;
    }
    if (arguments.length < 2) fail("the constructor of File needs parts and a name");
    super(listOf(parts), options);
    this.#name = host.wellFormed(`${name}`);
    const { lastModified } = dictionary(options);
    this.#modified = lastModified === undefined ? Date.now() : Math.trunc(Number(lastModified)) || 0;
  }
  get name() { return this.#name; }
  get lastModified() { return this.#modified; }
  get webkitRelativePath() { void this.#name; return ""; }
}
tag(File, "File");

function dictionary(value) {
  if (value === undefined || value === null) return {};
  return isObject(value) ? value : fail("the options of a Blob must be an object");
}

function listOf(parts) {
  if (!isObject(parts) || typeof parts[Symbol.iterator] !== "function") fail("the parts of a Blob must be an array, or another iterable object");
  return [...parts];
}

/** The nearest whole number, of two the even one (Web IDL, [Clamp]). */
function clamped(number) {
  const low = Math.floor(number), above = number - low;
  return (above > 0.5 || (above === 0.5 && low % 2 !== 0) ? low + 1 : low) || 0;
}

/** Where a position, which may count from the end, lies in a blob. */
function position(value, size) {
  const n = clamped(Number(value));
  return n < 0 ? Math.max(size + n, 0) : Math.min(n, size);
}

const mediaType = (type) => /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : "";

function build(parts, native) {
  const builder = host.builder();
  for (const part of parts) {
    if (ArrayBuffer.isView(part)) host.addBytes(builder, part.buffer, part.byteOffset, part.byteLength);
    else if (part instanceof ArrayBuffer) host.addBytes(builder, part, 0, part.byteLength);
    else if (isBlob(part)) host.addContent(builder, contentOf(part));
    else {
      const text = `${part}`; // its UTF-8 has no lone surrogates
      host.addText(builder, native ? text.replace(/\r\n?/g, "\n") : text);
    }
  }
  return host.built(builder);
}

function streamOf(content) {
  const size = host.size(content);
  let at = 0;
  return need("streams").hostStream(async () => {
    if (at >= size) return undefined;
    const n = Math.min(pieceBytes, size - at), data = await host.read(content, at, n);
    at += n;
    return new Uint8Array(data);
  }, () => {});
}

const internals = {
  isBlob, contentOf, streamOf,
  isFile: (value) => value instanceof File,
  /** A Blob of parts as the constructor takes them, whose type is not looked at. */
  blobOf: (parts, type) => new Blob(INTERNAL, { content: build(parts, false), type }),
  /** A file of the same bytes. */
  fileOf: (blob, name) => new File(INTERNAL, name, { content: contentOf(blob), type: blob.type, modified: Date.now() }),
  /** A file of a content of the host's. */
  fileFrom: (content, name, type, modified) => new File(INTERNAL, name, { content, type: mediaType(type), modified }),
  /** An ArrayBuffer, or a promise of one when the bytes are not in memory. */
  read: (blob) => host.read(contentOf(blob), 0, blob.size),
  inMemory: (blob) => host.inMemory(contentOf(blob)),
  /** Bytes of an ArrayBuffer or view as text; text as an ArrayBuffer. UTF-8 both. */
  decode: (buffer) => host.decode(buffer),
  encode: (text) => host.encode(text),
  /** A text with U+FFFD for lone surrogates. */
  wellFormed: (text) => host.wellFormed(text),
};
