import { decode, encode } from "./data.js";
import { Emitter } from "./emitter.js";
import { ConnectionLost, RpcError } from "./errors.js";
import { OFFLINE, PATIENCE } from "./limits.js";
import { Socket } from "./socket.js";
import { Subscription } from "./subscription.js";

const FLIGHT = 64; // requests that wait for their answers, at most; the server refuses the 101st

/** A key that nobody else has. Pages without TLS have no crypto.randomUUID. */
const unique = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");

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
    this.#socket._better(() => !this.#flying);
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
