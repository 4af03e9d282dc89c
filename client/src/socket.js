import { Emitter } from "./emitter.js";
import { OFFLINE, PATIENCE } from "./limits.js";
import { Stream } from "./stream.js";

const FINAL = new Set([1000, 1003, 1008, 1009, 4409]); // close codes after which coming back is of no use

const wait = (attempt, { minDelay = 300, maxDelay = 30_000 }) =>
  Math.random() * Math.min(maxDelay, minDelay * 2 ** Math.min(attempt, 20)) + minDelay / 3;

const absolute = (url) => new URL(url, globalThis.location?.href).href.replace(/^http/, "ws");

export class Socket extends Emitter {
  #url; #options; #ws; #timer; #attempt = 0; #waiting = []; #state = "connecting"; #unhook;
  #works; #failed = 0; #tried; // WebSockets in a row that did not open, and when the last was tried

  constructor(url, options = {}) {
    super();
    const { WebSocket = globalThis.WebSocket } = options;
    if (!WebSocket) throw new TypeError("there is no WebSocket here: pass one, connect(url, { WebSocket })");
    this.#options = { fallback: true, ...options, WebSocket };
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

  /** Goes back to a WebSocket from what does for one, if one opens now and nothing is under way. */
  _better(idle) {
    if (!(this.#ws instanceof Stream) || !this.#due()) return;
    const ws = this.#webSocket();
    ws.onopen = () => {
      this.#failed = 0;
      if (this.#ws instanceof Stream && idle()) this._drop();
      ws.close();
    };
    ws.onclose = () => this.#failed++;
  }

  /** Whether a WebSocket is to be tried: those that failed are tried again after ever longer times, up to 320 s. */
  #due() { return !this.#options.fallback || this.#failed < 2 || Date.now() > this.#tried + 1e4 * 2 ** Math.min(this.#failed, 5); }

  #webSocket() {
    this.#tried = Date.now();
    const { WebSocket, protocols = [] } = this.#options;
    return new WebSocket(this.#url(), protocols);
  }

  #open() {
    if (this.#state === "closed") return;
    this.#set("connecting");
    const due = this.#due(), ws = this.#ws = due ? this.#webSocket() : new Stream(this.#url(), this.#options.protocols);
    this.#works = !due; // a WebSocket has to show it
    this.#timer = setTimeout(() => {
      this.#failed++; // and once more for being lost: who is silent is not asked twice
      this._drop();
    }, PATIENCE);
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
      if (ws !== this.#ws) return;
      this.#attempt = 0; // it works, not only opens
      if (due) this.#works = !(this.#failed = 0);
    };
    ws.onclose = ({ code, reason }) => this.#lost(ws, { code, reason });
    ws.onerror = ({ message }) => { this.#works ||= / 4\d\d$/.test(message); }; // refused; the close that follows tells
  }

  #lost(ws, event) {
    if (ws !== this.#ws || this.#state === "closed") return;
    clearTimeout(this.#timer);
    if (!this.#works && event.code === 1006) this.#failed++;
    if (this.#state === "connecting" && ws instanceof Stream) this.#failed = 0; // it is not only WebSockets
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
