// The client of Sigil's realtime protocol (docs/protocol.md), for browsers and Node. What members promise is in sigil.d.ts.

const OFFLINE = 1000; // what waits for a connection, at most
const FLIGHT = 64; // requests that wait for their answers, at most; the server refuses the 101st
const PATIENCE = 10_000; // how long a connection may take to open, or to show that it lives, in milliseconds
const FINAL = new Set([1000, 1003, 1008, 1009, 4409]); // close codes after which coming back is of no use

export class RpcError extends Error {
  constructor({ code, message, data }) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.data = data;
  }
}

export class ConnectionLost extends Error {
  name = "ConnectionLost";
}

const wait = (attempt, { minDelay = 300, maxDelay = 30_000 }) =>
  Math.random() * Math.min(maxDelay, minDelay * 2 ** Math.min(attempt, 20)) + minDelay / 3;

/** A key that nobody else has. Pages without TLS have no crypto.randomUUID. */
const unique = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");

const absolute = (url) => new URL(url, globalThis.location?.href).href.replace(/^http/, "ws");

const encode = (data) =>
  data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? { base64: toBase64(data) } : { data };

function toBase64(data) {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

const decode = (message) =>
  message.base64 === undefined ? message.data : Uint8Array.from(atob(message.base64), (c) => c.charCodeAt(0)).buffer;

class Emitter {
  #listeners = new Map();
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event)?.delete(listener);
  }
  _emit(event, ...args) {
    if (event === "error" && !this.#listeners.get(event)?.size) console.warn(args[0]);
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        queueMicrotask(() => { throw error; }); // the listener's own mistake, told where mistakes are told
      }
    }
  }
}

export class Socket extends Emitter {
  #url; #options; #ws; #timer; #attempt = 0; #waiting = []; #state = "connecting"; #unhook;

  constructor(url, options = {}) {
    super();
    const { WebSocket = globalThis.WebSocket } = options;
    if (!WebSocket) throw new TypeError("there is no WebSocket here: pass one, connect(url, { WebSocket })");
    this.#options = { ...options, WebSocket };
    const fixed = typeof url === "function" || absolute(url);
    this.#url = fixed === true ? () => absolute(url()) : () => fixed;
    this.#unhook = hook(() => (this.#state === "open" ? this._emit("wake") : this.reconnect()));
    queueMicrotask(() => this.#open()); // who made it listens by then
  }

  get state() { return this.#state; }
  get bufferedAmount() { return this.#ws?.bufferedAmount ?? 0; }

  send(data) {
    if (this.#state === "open") this.#ws.send(data);
    else if (this.#state === "closed" || this.#waiting.length >= OFFLINE) return false;
    else this.#waiting.push(data);
    return true;
  }

  close(code = 1000, reason = "") {
    if (this.#state === "closed") return;
    this.#ws?.close(code, reason);
    this.#finish({ code, reason });
  }

  reconnect() {
    if (this.#state !== "waiting") return;
    clearTimeout(this.#timer);
    this.#open();
  }

  /** Gives up a connection that seems dead. */
  _drop() {
    const ws = this.#ws;
    this.#lost(ws, { code: 1006, reason: "no answer" });
    ws?.close();
  }

  #open() {
    if (this.#state === "closed") return;
    this.#set("connecting");
    const { WebSocket, protocols = [] } = this.#options;
    const ws = this.#ws = new WebSocket(this.#url(), protocols);
    this.#timer = setTimeout(() => this._drop(), PATIENCE);
    ws.binaryType = "arraybuffer";
    ws.onopen = () => {
      if (ws !== this.#ws) return ws.close();
      clearTimeout(this.#timer);
      this.#set("open");
      this._emit("open");
      for (const data of this.#waiting.splice(0)) ws.send(data);
    };
    ws.onmessage = ({ data }) => {
      if (ws !== this.#ws) return;
      this._emit("message", data);
      if (ws === this.#ws) this.#attempt = 0; // it works, not only opens
    };
    ws.onclose = ({ code, reason }) => this.#lost(ws, { code, reason });
    ws.onerror = () => {}; // the close that follows tells
  }

  #lost(ws, event) {
    if (ws !== this.#ws || this.#state === "closed") return;
    clearTimeout(this.#timer);
    this.#ws = undefined;
    const { retry = (code) => !FINAL.has(code) } = this.#options;
    if (!retry(event.code, event.reason)) return this.#finish(event);
    this.#timer = setTimeout(() => this.#open(), wait(this.#attempt++, this.#options));
    this.#set("waiting");
    this._emit("close", { ...event, final: false });
  }

  #finish(event) {
    clearTimeout(this.#timer);
    this.#unhook();
    this.#ws = undefined;
    this.#waiting.length = 0;
    this.#set("closed");
    this._emit("close", { ...event, final: true });
  }

  #set(state) {
    if (state === this.#state) return;
    this.#state = state;
    this._emit("state", state);
  }
}

/** Calls back when the network or the page is there again. */
function hook(callback) {
  const page = globalThis.document, on = globalThis.addEventListener;
  if (!on) return () => {};
  const seen = () => page.visibilityState === "visible" && callback();
  on("online", callback);
  page?.addEventListener("visibilitychange", seen);
  return () => {
    globalThis.removeEventListener("online", callback);
    page?.removeEventListener("visibilitychange", seen);
  };
}

export class Subscription extends Emitter {
  #client; #position; #members = new Map();
  constructor(client, topic, since, presence) {
    super();
    this.#client = client;
    this.topic = topic;
    this.#position = since;
    this._wants = presence;
    this._placed = false;
    this._back = since !== undefined; // something may be missing when it is placed
  }

  get position() { return this.#position; }
  get members() { return [...this.#members.values()]; }

  publish(data, options) { return this.#client.publish(this.topic, data, options); }
  history(limit) { return this.#client.history(this.topic, limit); }
  presence() { return this.#client.presence(this.topic); }
  unsubscribe() { this.#client._leave(this); }

  /** Stands where another one of the topic stands. */
  _follow({ position, members }) {
    this._place({ ...position, members });
  }

  /** Takes in what the server answered to the subscription. */
  _place(place) {
    this._move(place);
    if (place.members) this._presence(place);
    this._emit("subscribed");
  }

  /** Goes on behind a place. What was received up to there and further stays received; else something is lost. */
  _move({ epoch, offset }) {
    const from = this.#position, back = this._back;
    this._placed = this._back = true;
    if (epoch !== undefined && from?.epoch === epoch && from.offset >= offset) return;
    this.#position = epoch === undefined ? undefined : { epoch, offset };
    if (back) this._emit("lost", { from });
  }

  _receive(message) {
    const { offset } = message;
    if (!this._placed) return; // the answer to the subscription says from where on
    if (offset !== undefined && this.#position) {
      if (offset <= this.#position.offset) return; // it was here before the connection was lost
      this.#position = { ...this.#position, offset };
    }
    this._emit("message", decode(message), { offset });
  }

  _presence({ members }) {
    if (!this._wants) return;
    this.#members = new Map(members.map((member) => [member.id, member]));
    this._emit("presence", this.members);
  }

  _change(event, member) {
    if (!this._wants) return;
    event === "join" ? this.#members.set(member.id, member) : this.#members.delete(member.id);
    this._emit(event, member);
    this._emit("presence", this.members);
  }
}

export class Client extends Emitter {
  #socket; #options; #ready = false; #session; #attempt = 0; #id = 0; #pulse; #quiet = true; #flying = 0;
  #requests = new Map(); // id -> request, in the order in which they were made
  #topics = new Map(); // topic -> { topic, subscriptions, placing: those that an answer under way is for }

  constructor(url, options = {}) {
    super();
    this.#options = { heartbeat: 25_000, timeout: 30_000, ...options };
    this.#session = options.session;
    this.#socket = new Socket(url, this.#options);
    this.#socket.on("open", () => this.#hello());
    this.#socket.on("message", (text) => this.#receive(text));
    this.#socket.on("close", (event) => this.#closed(event));
    this.#socket.on("wake", () => this.#ready && this.#ping());
    this.#socket.on("state", (state) => state !== "open" && this._emit("state", state));
    this.rpc = new Proxy({}, { get: (_, method) => (typeof method === "string" && method !== "then" ? (...args) => this.call(method, args) : undefined) });
  }

  get state() { return this.#socket.state === "open" && !this.#ready ? "connecting" : this.#socket.state; }

  get session() { return this.#session; }

  subscribe(topic, listener, { since, presence = false } = {}) {
    const subscription = new Subscription(this, topic, since, presence);
    if (listener) subscription.on("message", listener);
    let entry = this.#topics.get(topic);
    if (!entry) this.#topics.set(topic, entry = { topic, subscriptions: new Set() });
    const like = [...entry.subscriptions].find((other) => !presence || other._wants);
    entry.subscriptions.add(subscription);
    if (!this.#ready) return subscription;
    if (like && entry.placing && !since) entry.placing.push(subscription); // the answer under way is for both
    else if (!like?._placed || since) this.#join(entry);
    else queueMicrotask(() => subscription._follow(like)); // who made it listens by then
    return subscription;
  }

  publish(topic, data, { key = unique(), ...options } = {}) {
    return this.#promise("$/publish", { topic, key, ...encode(data) }, { ...options, again: true });
  }

  async history(topic, limit) {
    const { publications } = await this.#promise("$/history", { topic, limit }, { again: true });
    return publications.map(({ base64, ...rest }) => (base64 === undefined ? rest : { ...rest, data: decode({ base64 }) }));
  }

  presence(topic) { return this.#promise("$/presence", { topic }, { again: true }); }

  call(method, params, options) { return this.#promise(method, params, options); }

  /** Ends it for good, with the session. */
  close() { this.#socket.close(1000); }

  reconnect() { this.#socket.reconnect(); }

  _leave(subscription) {
    const { topic } = subscription, entry = this.#topics.get(topic);
    if (!entry?.subscriptions.delete(subscription) || entry.subscriptions.size > 0) return;
    this.#topics.delete(topic);
    if (this.#ready) this.#send({ method: "$/unsubscribe", params: { topic } }); // when it is lost on the way, #open sees to it
  }

  // --- requests ---------------------------------------------------------------------------------------------------------

  #promise(method, params, options) {
    return new Promise((resolve, reject) => this.#request(method, params, { timeout: this.#options.timeout, ...options }, resolve, reject));
  }

  /**
   * Makes a request. resolve and reject are called while its answer is read: before what stands behind it. Those that are
   * `first` overtake what waits.
   */
  #request(method, params, { timeout, signal, again = false, first = false }, resolve, reject) {
    if (this.#socket.state === "closed") return reject(new ConnectionLost("the client was closed"));
    if (signal?.aborted) return reject(signal.reason);
    if (!first && this.#requests.size >= OFFLINE) return reject(new RangeError(`${OFFLINE} requests wait already`));
    const id = ++this.#id;
    const end = (settle) => (value) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
      if (!this.#requests.delete(id)) return;
      this.#flying -= request.sent;
      settle(value);
      this.#flush();
    };
    const request = { id, method, params, again, first, sent: 0, resolve: end(resolve), reject: end(reject) };
    const give = (reason) => {
      if (request.sent && this.#ready) this.#send({ method: "$/cancelRequest", params: { id } });
      request.reject(reason);
    };
    const cancel = () => give(signal.reason);
    const timer = timeout && setTimeout(() => give(new DOMException(`${method} took longer than ${timeout} ms`, "TimeoutError")), timeout);
    signal?.addEventListener("abort", cancel);
    this.#requests.set(id, request);
    if (first) this.#put(request);
    else this.#flush();
  }

  /** Sends what waits, in order, as far as the server takes it. */
  #flush() {
    if (!this.#ready || this.#flying >= FLIGHT) return;
    for (const request of this.#requests.values()) {
      if (!request.sent) this.#put(request);
      if (this.#flying >= FLIGHT) return;
    }
  }

  #put(request) {
    request.sent = 1;
    this.#flying++;
    const { id, method, params } = request;
    this.#send({ id, method, params });
  }

  #send(message) { this.#socket.send(JSON.stringify({ jsonrpc: "2.0", ...message })); }

  // --- the connection -----------------------------------------------------------------------------------------------------

  #hello() {
    this.#attempt = Math.max(this.#attempt + 1, Date.now()); // greater than that of the client before which had the session
    const session = this.#session, positions = {};
    for (const entry of this.#topics.values()) {
      entry.placing = [...entry.subscriptions];
      positions[entry.topic] = oldest(entry);
    }
    this.#request("$/hello", { attempt: this.#attempt, ...(session && { session, positions }) }, { timeout: PATIENCE, first: true },
      (result) => this.#open(result),
      (error) => {
        if (error instanceof ConnectionLost) return;
        if (error instanceof RpcError) {
          this._emit("error", error);
          this.#session = undefined; // it is not ours any more: begin a new one
        }
        this.#socket._drop();
      });
  }

  #open({ session, id, resumed, topics = {} }) {
    this.#session = session;
    this.id = id;
    this.#ready = true;
    this.#beat();
    for (const entry of this.#topics.values()) {
      const place = topics[entry.topic], placing = entry.placing ?? [];
      entry.placing = undefined;
      if (place) for (const subscription of placing) subscription._place(place);
      if (!place || placing.length < entry.subscriptions.size) this.#join(entry);
    }
    for (const topic of Object.keys(topics)) if (!this.#topics.has(topic)) this.#send({ method: "$/unsubscribe", params: { topic } });
    this._emit("state", "open");
    this._emit("open", { resumed });
    this.#flush();
  }

  /** Subscribes, or moves the topic's subscription to where its hindmost needs it; the others know what they have. */
  #join(entry) {
    const { topic, subscriptions } = entry, placing = entry.placing = [...subscriptions];
    const done = (then) => (value) => {
      if (entry.placing === placing) entry.placing = undefined;
      if (this.#topics.get(topic) === entry) for (const subscription of placing) subscriptions.has(subscription) && then(subscription, value);
    };
    const presence = placing.some((subscription) => subscription._wants) || undefined;
    this.#request("$/subscribe", { topic, since: oldest(entry), presence }, { again: true, first: true },
      done((subscription, place) => subscription._place(place)),
      done((subscription, error) => error instanceof ConnectionLost || subscription._emit("error", error)));
  }

  #receive(text) {
    this.#quiet = false;
    this.#take(JSON.parse(text));
  }

  #take({ id, result, error, method, params }) {
    if (method !== undefined) return this.#notice(method, params);
    const request = this.#requests.get(id);
    if (!request) return;
    if (!error) request.resolve(result);
    else if (error.code === -32008 && request.again) { // the app was reloaded under it
      this.#flying--;
      this.#put(request);
    }
    else request.reject(new RpcError(error));
  }

  #notice(method, params) {
    if (method === "$/message" && params.topic === undefined) return this._emit("message", decode(params));
    const handlers = {
      "$/message": (s) => s._receive(params), "$/lost": (s) => s._move(params), "$/subscribed": (s) => s._place(params),
      "$/join": (s) => s._change("join", params.member), "$/leave": (s) => s._change("leave", params.member),
      "$/presence": (s) => s._presence(params), "$/unsubscribed": (s) => s._emit("unsubscribed"),
    };
    for (const subscription of [...(this.#topics.get(params?.topic)?.subscriptions ?? [])]) handlers[method]?.(subscription);
  }

  #closed(event) {
    this.#ready = false;
    clearTimeout(this.#pulse);
    for (const request of [...this.#requests.values()]) {
      const keep = !event.final && (request.sent ? request.again && !request.first : true);
      if (keep) [request.sent, this.#flying] = [0, this.#flying - request.sent];
      else request.reject(new ConnectionLost(event.reason || `the connection was lost (${event.code})`));
    }
    this._emit("close", event);
  }

  /** Asks for a sign of life when there was none for a while. */
  #beat() {
    clearTimeout(this.#pulse);
    this.#quiet = true;
    this.#pulse = setTimeout(() => (this.#quiet ? this.#ping() : this.#beat()), this.#options.heartbeat);
  }

  /** Gives a dead connection up. */
  #ping() {
    clearTimeout(this.#pulse);
    const alive = () => this.#ready && this.#beat();
    this.#request("$/ping", {}, { timeout: PATIENCE, first: true }, alive, (error) => (error.name === "TimeoutError" ? this.#socket._drop() : alive()));
  }
}

/** The position from which on all subscriptions of a topic get what they miss: the first of another epoch, or the least. */
function oldest({ subscriptions }) {
  const positions = [...subscriptions].map(({ position }) => position).filter(Boolean);
  return positions.reduce((a, b) => (b.offset < a.offset ? b : a), positions[0]);
}

export const connect = (url, options) => new Client(url, options);
