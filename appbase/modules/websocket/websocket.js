// WebSocket (WebSockets standard). The host connects, reads and writes; here arguments are checked and events made.
const { EventTarget, Event, MessageEvent, CloseEvent, ErrorEvent, fire, handlers } = need("events");
const blobs = need("blob");
const { DOMException, URL, TypeError, ArrayBuffer } = globalThis;
const CONNECTING = 0, OPEN = 1, CLOSING = 2, CLOSED = 3;
const OPENED = 0, MESSAGE = 1; // kinds of the host's events, beside the end
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const syntax = (message) => { throw new DOMException(message, "SyntaxError"); };

function target(url) {
  const parsed = URL.parse(`${url}`);
  if (parsed === null) syntax(`${url} is no absolute URL`);
  if (/^https?:$/.test(parsed.protocol)) parsed.protocol = parsed.protocol === "http:" ? "ws:" : "wss:";
  if (!/^wss?:$/.test(parsed.protocol)) syntax(`a WebSocket connects to ws: or wss:, not ${parsed.protocol}`);
  if (parsed.hash !== "" || parsed.href.endsWith("#")) syntax("the URL of a WebSocket has no fragment");
  return parsed;
}

/** The second argument: one protocol, several, or what else belongs to the handshake ({ protocols, headers }). */
function handshakeOf(given) {
  const isList = typeof given === "object" && given !== null && typeof given[Symbol.iterator] === "function";
  const { protocols = [], headers = undefined } = typeof given === "object" && given !== null && !isList ? given : { protocols: given };
  const list = typeof protocols === "object" && protocols !== null ? [...protocols].map(String) : [`${protocols}`];
  for (const name of list) if (!token.test(name)) syntax(`${JSON.stringify(name)} is no name of a protocol`);
  if (new Set(list.map((name) => name.toLowerCase())).size < list.length) syntax("a protocol is named twice");
  return { list, headers: headers === undefined ? [] : [...new globalThis.Headers(headers)].flat() };
}

/** The bytes of a reason in UTF-8. */
const bytesOf = (text) => blobs.encode(text).byteLength;

let flow; // (socket, gate): gate is asked before each event, which waits for the promise that it may return

class WebSocket extends EventTarget {
  #gate; #url; #origin; #state = CONNECTING; #protocol = ""; #extensions = ""; #type = "blob"; #socket; #tail; #waiting = 0;
  static { flow = (socket, gate) => { socket.#gate = gate; }; }

  constructor(url, protocols = []) {
    super();
    if (arguments.length === 0) throw new TypeError("the constructor of WebSocket needs 1 argument, but got 0");
    const parsed = target(url), { list, headers } = handshakeOf(protocols);
    this.#url = parsed.href;
    this.#origin = parsed.origin;
    if (parsed.username !== "" && !headers.some((name, i) => i % 2 === 0 && name === "authorization")) {
      const user = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
      headers.push("authorization", `Basic ${globalThis.btoa(String.fromCharCode(...new Uint8Array(blobs.encode(user))))}`);
    }
    parsed.username = parsed.password = "";
    this.#socket = host.open(parsed.href, list, headers);
    this.#run();
  }
  get url() { return this.#url; }
  get readyState() { return this.#state; }
  get protocol() { return this.#protocol; }
  get extensions() { return this.#extensions; }
  get bufferedAmount() { return this.#socket.buffered() + this.#waiting; }
  get binaryType() { return this.#type; }
  set binaryType(type) { if (type === "blob" || type === "arraybuffer") this.#type = type; }

  send(data) {
    if (arguments.length === 0) throw new TypeError("send needs 1 argument, but got 0");
    if (this.#state === CONNECTING) throw new DOMException("the WebSocket is not open yet", "InvalidStateError");
    const blob = blobs.isBlob(data);
    if (!blob && this.#tail === undefined) return this.#give(data);
    // Bytes of a blob may have to be read first; what comes after them waits.
    this.#later(blob ? blobs.read(data) : copyOf(data), blob ? data.size : undefined);
  }
  #give(data) {
    if (ArrayBuffer.isView(data)) this.#socket.send(data.buffer, data.byteOffset, data.byteLength);
    else if (data instanceof ArrayBuffer) this.#socket.send(data, 0, data.byteLength);
    else this.#socket.send(`${data}`);
  }
  #later(data, size) {
    const inMemory = size === undefined || data instanceof ArrayBuffer;
    if (inMemory && this.#tail === undefined) return this.#give(data);
    const n = size ?? (typeof data === "string" ? bytesOf(data) : data.byteLength);
    this.#waiting += n;
    const before = this.#tail;
    const tail = (async () => {
      try {
        await before;
        const bytes = await data;
        this.#waiting -= n;
        this.#give(bytes);
      } catch (error) {
        this.#waiting -= n;
        this.#tell(error);
        this.#socket.close(1011, "", false);
      }
      if (this.#tail === tail) this.#tail = undefined;
    })();
    this.#tail = tail;
  }

  close(code = undefined, reason = undefined) {
    if (code !== undefined) {
      const number = Math.min(Math.max(Math.round(Number(code)) || 0, 0), 65535);
      if (number !== 1000 && !(number >= 3000 && number <= 4999)) throw new DOMException(`a WebSocket is closed with 1000 or 3000 to 4999, not ${number}`, "InvalidAccessError");
      code = number;
    }
    if (reason !== undefined) {
      reason = blobs.wellFormed(`${reason}`);
      if (bytesOf(reason) > 123) syntax("the reason of a close is longer than 123 bytes");
      code ??= 1000;
    }
    if (this.#state >= CLOSING) return;
    const early = this.#state === CONNECTING;
    this.#state = CLOSING;
    const end = () => this.#socket.close(code, reason ?? "", early);
    if (this.#tail === undefined) end();
    else this.#tail.then(end);
  }

  async #run() {
    for (;;) {
      const wait = this.#gate?.();
      if (wait !== undefined) await wait;
      const event = await this.#socket.next();
      const [kind, first, second] = event;
      if (kind === OPENED) this.#opened(first, second);
      else if (kind === MESSAGE) this.#message(first);
      else return this.#ended(event);
    }
  }
  #opened(protocol, extensions) {
    if (this.#state !== CONNECTING) return;
    this.#state = OPEN;
    this.#protocol = protocol;
    this.#extensions = extensions;
    fire(this, new Event("open"));
  }
  #message(data) {
    if (this.#state !== OPEN) return;
    if (typeof data !== "string" && this.#type === "blob") data = blobs.blobOf([data], "");
    fire(this, new MessageEvent("message", { data, origin: this.#origin }));
  }
  #ended([, code, reason, wasClean, error]) {
    this.#state = CLOSED;
    if (error !== undefined) this.#tell(error);
    fire(this, new CloseEvent("close", { code, reason, wasClean }));
  }
  #tell(error) { fire(this, new ErrorEvent("error", { error, message: `${error?.message ?? error}` })); }
}

/** What is sent may change before its turn comes. */
function copyOf(data) {
  if (ArrayBuffer.isView(data)) return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return data instanceof ArrayBuffer ? data.slice(0) : `${data}`;
}

for (const [name, value] of [["CONNECTING", CONNECTING], ["OPEN", OPEN], ["CLOSING", CLOSING], ["CLOSED", CLOSED]]) {
  for (const target of [WebSocket, WebSocket.prototype]) Reflect.defineProperty(target, name, { value, enumerable: true });
}
Reflect.defineProperty(WebSocket.prototype, Symbol.toStringTag, { value: "WebSocket", configurable: true });
handlers(WebSocket, "open", "message", "error", "close");

const internals = { flow };
