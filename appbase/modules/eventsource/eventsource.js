// EventSource (HTML 9.2): a request whose answer does not end, read as lines, and begun again when it breaks off.
const { EventTarget, Event, MessageEvent, fire, handlers, newSignal, abortSignal } = need("events");
const { fetch } = need("fetch");
const { readerOf } = need("streams");
const { DOMException, URL, TextDecoder, TypeError, setTimeout, clearTimeout } = globalThis;
const CONNECTING = 0, OPEN = 1, CLOSED = 2;
const maxEventChars = 1 << 20; // of one event, its data and the line that is being read
const firstWait = 3000, longestWait = 60000;

/** Reads a stream of events (9.2.6). take is called with each [type, data, lastEventId], wait with each new time to wait. */
class Lines {
  #text = ""; #data = ""; #type = ""; #id; #first = true; #take; #wait;
  constructor(id, take, wait) {
    this.#id = id;
    this.#take = take;
    this.#wait = wait;
  }
  push(text) {
    if (text === "") return;
    const scanned = this.#text.length; // what is there already has no line break but perhaps a carriage return at its end
    const all = this.#text + (this.#first ? text.replace(/^\ufeff/, "") : text);
    this.#first = false;
    const next = (mark, from) => { const at = all.indexOf(mark, from); return at < 0 ? Infinity : at; };
    let at = 0, from = Math.max(scanned - 1, 0), feed = next("\n", from), turn = next("\r", from);
    for (;;) {
      if (feed < from) feed = next("\n", from);
      if (turn < from) turn = next("\r", from);
      const end = Math.min(feed, turn);
      // A carriage return at the very end may be followed by a line feed that has not arrived yet.
      if (end === Infinity || (end === turn && end === all.length - 1)) break;
      this.#line(all.slice(at, end));
      at = from = end + (end === turn && feed === end + 1 ? 2 : 1);
    }
    this.#text = all.slice(at);
    if (this.#text.length + this.#data.length > maxEventChars) throw new RangeError(`an event has more than ${maxEventChars} characters`);
  }
  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon), value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "event") this.#type = value;
    else if (field === "data") this.#data += value + "\n";
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^[0-9]+$/.test(value)) this.#wait(Number(value));
  }
  #dispatch() {
    const data = this.#data.slice(0, -1), type = this.#type || "message", some = this.#data !== "";
    this.#data = this.#type = "";
    this.#take(some ? type : null, data, this.#id);
  }
}

let flow; // (source, gate): gate is asked before each piece is read, which waits for the promise that it may return

class EventSource extends EventTarget {
  #gate; #url; #state = CONNECTING; #lastId = ""; #wait = firstWait; #failures = 0; #signal = newSignal(); #timer;
  static { flow = (source, gate) => { source.#gate = gate; }; }

  constructor(url, init = undefined) {
    super();
    if (arguments.length === 0) throw new TypeError("the constructor of EventSource needs 1 argument, but got 0");
    const parsed = URL.parse(`${url}`);
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw new DOMException(`${url} is no absolute http: or https: URL`, "SyntaxError");
    void init;
    this.#url = parsed.href;
    this.#run();
  }
  get url() { return this.#url; }
  get readyState() { return this.#state; }
  get withCredentials() { void this.#state; return false; }
  close() {
    this.#state = CLOSED;
    clearTimeout(this.#timer);
    abortSignal(this.#signal, new DOMException("the EventSource was closed", "AbortError"));
  }

  async #run() {
    let response;
    try {
      const headers = { Accept: "text/event-stream", "Cache-Control": "no-store" };
      if (this.#lastId !== "") headers["Last-Event-ID"] = encode(this.#lastId);
      response = await fetch(this.#url, { headers, signal: this.#signal });
    } catch {
      return this.#again();
    }
    if (this.#state === CLOSED) return;
    const type = (response.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
    if (response.status !== 200 || type !== "text/event-stream") {
      response.body?.cancel();
      this.close();
      return this.#tell("error");
    }
    this.#state = OPEN;
    this.#failures = 0;
    this.#tell("open");
    await this.#read(readerOf(response.body), new URL(response.url).origin);
    this.#again();
  }
  async #read(reader, origin) {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const lines = new Lines(this.#lastId, (type, data, id) => {
      if (this.#state === CLOSED) return;
      this.#lastId = id;
      if (type !== null) fire(this, new MessageEvent(type, { data, origin, lastEventId: id }));
    }, (ms) => { this.#wait = Math.min(ms, longestWait); });
    try {
      for (;;) {
        const wait = this.#gate?.();
        if (wait !== undefined) await wait;
        const { done, value } = await reader.read();
        if (done || this.#state === CLOSED) return;
        lines.push(decoder.decode(value, { stream: true }));
      }
    } catch (error) {
      reader.cancel(error).catch(() => {});
    }
  }
  // again tries once more after a while, longer each time that no answer comes.
  #again() {
    if (this.#state === CLOSED) return;
    this.#state = CONNECTING;
    this.#tell("error");
    if (this.#state === CLOSED) return;
    this.#timer = setTimeout(() => this.#run(), Math.min(this.#wait * 2 ** Math.min(this.#failures++, 6), Math.max(longestWait, this.#wait)));
  }
  #tell(type) { fire(this, new Event(type)); }
}

// encode gives the bytes of UTF-8 as a header holds them: one character each.
function encode(text) {
  return String.fromCharCode(...new globalThis.TextEncoder().encode(text));
}

for (const [name, value] of [["CONNECTING", CONNECTING], ["OPEN", OPEN], ["CLOSED", CLOSED]]) {
  for (const target of [EventSource, EventSource.prototype]) Reflect.defineProperty(target, name, { value, enumerable: true });
}
Reflect.defineProperty(EventSource.prototype, Symbol.toStringTag, { value: "EventSource", configurable: true });
handlers(EventSource, "open", "message", "error");

const internals = { flow };
