// Bodies (Fetch standard 5.2, 5.3). What a Request or Response has as its body is null or a state:
//   kind    TEXT, BYTES, BLOB, STREAM, SOURCE: what value is
//   value   a string, an ArrayBuffer nobody else has, a Blob, a ReadableStream, or a source of the host's
//   used    it was read, or given away
//   stream  its ReadableStream, once somebody asked for it
//   client  it came from a client: what is wrong with it is the client's mistake
const TEXT = 1, BYTES = 2, BLOB = 3, STREAM = 4, SOURCE = 5;
const maxBodyBytes = 256 * 1024 * 1024; // what text(), bytes() and the like put together

const streams = () => need("streams");
const forms = () => need("formdata");
const newBody = (kind, value) => ({ kind, value, used: false, stream: kind === STREAM ? value : null, client: false });

const clientErrors = new WeakMap(); // an error that is the client's mistake -> the status that tells so

function clientError(error, status) {
  clientErrors.set(error, status);
  return error;
}

/** The body in what a constructor was given, and the content type that it has by itself: [state, type]. */
function extract(init) {
  if (typeof init === "string") return [newBody(TEXT, init), "text/plain;charset=UTF-8"];
  if (ArrayBuffer.isView(init)) return [newBody(BYTES, init.buffer.slice(init.byteOffset, init.byteOffset + init.byteLength)), null];
  if (init instanceof ArrayBuffer) return [newBody(BYTES, init.slice(0)), null];
  if (!isObject(init)) return [newBody(TEXT, `${init}`), "text/plain;charset=UTF-8"];
  if (init[Symbol.toStringTag] === "URLSearchParams" && init instanceof globalThis.URLSearchParams) return [newBody(TEXT, init.toString()), "application/x-www-form-urlencoded;charset=UTF-8"];
  if (blobs.isBlob(init)) return [newBody(BLOB, init), init.type || null];
  if (forms().isForm(init)) {
    const blob = forms().encode(init);
    return [newBody(BLOB, blob), blob.type];
  }
  if (streams().isReadable(init)) {
    if (streams().isDisturbed(init) || streams().isLocked(init)) fail("the stream of a body must not have been read, nor be locked");
    return [newBody(STREAM, init), null];
  }
  if (typeof init[Symbol.asyncIterator] === "function") return [newBody(STREAM, bytesFrom(init)), null];
  return [newBody(TEXT, `${init}`), "text/plain;charset=UTF-8"];
}

/** A chunk of a stream of ours as bytes: texts are encoded. */
function chunkBytes(chunk) {
  if (typeof chunk === "string") return new Uint8Array(blobs.encode(chunk));
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength));
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk.slice(0));
  return fail(`a body is made of texts and bytes, not of ${describe(chunk)}: yield JSON.stringify(value) for others`);
}

const describe = (value) => isObject(value) ? `an object of class ${Object.prototype.toString.call(value).slice(8, -1)}` : typeof value === "string" ? "a text" : String(value);

/** A byte stream of what an async iterable yields; it is asked for more only when somebody reads. */
function bytesFrom(iterable) {
  const iterator = iterable[Symbol.asyncIterator]();
  return streams().hostStream(async () => {
    const { done, value } = await iterator.next();
    return done ? undefined : chunkBytes(value);
  }, (reason) => iterator.return?.(reason));
}

const shown = new WeakMap(); // a stream that shows a text or bytes -> those

const disturbed = (body) => body.used || (body.stream !== null && streams().isDisturbed(body.stream));
const unusable = (body) => disturbed(body) || (body.stream !== null && streams().isLocked(body.stream));

/** The public stream of a body. That of a body that was read otherwise has ended. */
function streamOf(body) {
  if (body.stream !== null) return body.stream;
  if (body.used) {
    body.stream = streams().hostStream(async () => undefined, () => {});
    streams().cancel(body.stream);
  } else {
    body.stream = openStream(body);
    if (body.kind === TEXT || body.kind === BYTES) shown.set(body.stream, body.value);
  }
  return body.stream;
}

function openStream({ kind, value }) {
  if (kind === BLOB) return blobs.streamOf(blobs.contentOf(value));
  if (kind === SOURCE) return streams().hostStream(async () => value.read(), (reason) => value.cancel(reason));
  let rest = kind === TEXT ? blobs.encode(value) : value;
  return streams().hostStream(async () => {
    const chunk = rest;
    rest = undefined;
    return chunk === undefined || chunk.byteLength === 0 ? undefined : new Uint8Array(chunk);
  }, () => {});
}

const readAlready = () => new TypeError("the body was read already, or is being read: it can be read once; clone() first to read it twice");

/** Marks a body as read and gives what is in it: a text, an ArrayBuffer, or a promise of either. */
function take(body) {
  if (body === null) return "";
  if (unusable(body)) throw readAlready();
  body.used = true;
  if (body.stream !== null) return readAll(body.stream);
  if (body.kind === BLOB) return blobs.read(body.value);
  return body.kind === SOURCE ? body.value.all() : body.value;
}

async function readAll(stream) {
  const reader = streams().readerOf(stream), chunks = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, size);
    if (!(value instanceof Uint8Array)) {
      const error = new TypeError(`the stream of a body gave ${describe(value)}, and not a Uint8Array: pipe it through a TextEncoderStream`);
      await reader.cancel(error);
      throw error;
    }
    size += value.byteLength;
    if (size > maxBodyBytes) {
      const error = new RangeError(`the body has more than ${maxBodyBytes} bytes: read it as a stream`);
      await reader.cancel(error);
      throw error;
    }
    chunks.push(value);
  }
}

function join(chunks, size) {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all.buffer;
}

// A byte order mark at the beginning is none of the text, whatever the body was made of (Encoding standard, UTF-8 decode).
const withoutMark = (text) => text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
const toText = (data) => typeof data === "string" ? withoutMark(blobs.wellFormed(data)) : blobs.decode(data);
const toBuffer = (data) => typeof data === "string" ? blobs.encode(data) : data;

function parseJSON(text, body) {
  try {
    return parse(text);
  } catch (cause) {
    const error = new SyntaxError(`the body is not JSON: ${cause.message}`);
    throw body?.client ? clientError(error, 400) : error;
  }
}

function parseForm(data, type, body) {
  const wrong = (error) => body?.client ? clientError(error, 400) : error;
  const kind = (type ?? "").split(";")[0].trim().toLowerCase();
  if (kind === "application/x-www-form-urlencoded") return forms().decodeQuery(toText(data));
  if (kind !== "multipart/form-data") throw wrong(new TypeError(`a body of type ${stringify(type)} is not a form`));
  try {
    return forms().decode(toBuffer(data), type);
  } catch (error) {
    throw wrong(error);
  }
}

/** Gives a class the members of the mixin Body; bodyOf reads an instance's state. */
function mixBody(Class, bodyOf) {
  class Body {
    get body() {
      const body = bodyOf(this);
      return body === null ? null : streamOf(body);
    }
    get bodyUsed() {
      const body = bodyOf(this);
      return body !== null && disturbed(body);
    }
    async text() { return toText(await take(bodyOf(this))); }
    async json() {
      const body = bodyOf(this);
      return parseJSON(toText(await take(body)), body);
    }
    async arrayBuffer() { return toBuffer(await take(bodyOf(this))); }
    async bytes() { return new Uint8Array(toBuffer(await take(bodyOf(this)))); }
    async blob() {
      const data = await take(bodyOf(this));
      return blobs.blobOf([data], (this.headers.get("content-type") ?? "").toLowerCase());
    }
    async formData() {
      const body = bodyOf(this);
      return parseForm(await take(body), this.headers.get("content-type"), body);
    }
  }
  for (const key of ownKeys(Body.prototype)) {
    if (key !== "constructor") defineProperty(Class.prototype, key, Object.getOwnPropertyDescriptor(Body.prototype, key));
  }
}

/** A body of the same bytes as one that stays readable too. */
function cloneBody(body) {
  if (body === null) return null;
  if (unusable(body)) throw readAlready();
  if (body.stream === null && body.kind !== SOURCE) return { ...body };
  const [mine, other] = streams().tee(streamOf(body));
  Object.assign(body, { kind: STREAM, value: mine, stream: mine });
  return { ...body, value: other, stream: other };
}

/** Gives a body away: the old one counts as read. */
function moveBody(body) {
  if (body === null) return null;
  if (unusable(body)) throw readAlready();
  const moved = { ...body };
  if (body.stream !== null) {
    const through = streams().transform({});
    body.stream.pipeTo(through.writable).catch(() => {});
    Object.assign(moved, { kind: STREAM, value: through.readable, stream: through.readable });
  }
  body.used = true;
  return moved;
}
