// Event and what is made of it (DOM 2.2 to 2.4, HTML 9.1). Private fields hold the state; the functions declared here are
// how the rest of the module reads and sets it.
const { apply, defineProperty } = Reflect;
const { DOMException, queueMicrotask, setTimeout } = globalThis;
const AT_TARGET = 2;

/** Reports what nobody catches, as the error of a task of its own. */
const report = (error) => queueMicrotask(() => { throw error; });

const fail = (message) => { throw new TypeError(message); };
const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

function need(what, given, wanted) {
  if (given < wanted) fail(`${what} needs ${wanted} argument${wanted === 1 ? "" : "s"}, but got ${given}`);
}

/** An options argument: a missing one is empty, a primitive a mistake (Web IDL, dictionaries). */
function dictionary(value, what) {
  if (value === undefined || value === null) return {};
  return isObject(value) ? value : fail(`${what} must be an object`);
}

function tag(Class, name) {
  defineProperty(Class.prototype, Symbol.toStringTag, { value: name, writable: false, enumerable: false, configurable: true });
}

let begin, finish, passive, stopped, dispatching, wasCanceled, trust;

class Event {
  #type; #bubbles; #cancelable; #composed; #time = Date.now();
  #target = null; #current = null; #phase = 0;
  #stop = false; #stopNow = false; #canceled = false; #passive = false; #dispatching = false; #trusted = false;

  static {
    begin = (event, target) => {
      event.#dispatching = true;
      event.#target = event.#current = target;
      event.#phase = AT_TARGET;
    };
    finish = (event) => {
      event.#dispatching = event.#stop = event.#stopNow = false;
      event.#current = null;
      event.#phase = 0;
    };
    passive = (event, on) => { event.#passive = on; };
    stopped = (event, now) => now ? event.#stopNow : event.#stop;
    dispatching = (event) => event.#dispatching;
    wasCanceled = (event) => event.#canceled;
    trust = (event, on) => { event.#trusted = on; };
  }

  constructor(type, init = undefined) {
    need("the constructor of Event", arguments.length, 1);
    const { bubbles = false, cancelable = false, composed = false } = dictionary(init, "the init of an Event");
    this.#type = `${type}`;
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
    this.#composed = Boolean(composed);
  }
  get type() { return this.#type; }
  get target() { return this.#target; }
  get srcElement() { return this.#target; }
  get currentTarget() { return this.#current; }
  get eventPhase() { return this.#phase; }
  get bubbles() { return this.#bubbles; }
  get cancelable() { return this.#cancelable; }
  get composed() { return this.#composed; }
  get defaultPrevented() { return this.#canceled; }
  get isTrusted() { return this.#trusted; }
  get timeStamp() { return this.#time; }
  get cancelBubble() { return this.#stop; }
  set cancelBubble(value) { if (value) this.#stop = true; }
  get returnValue() { return !this.#canceled; }
  set returnValue(value) { if (!value) this.preventDefault(); }
  composedPath() { return this.#current === null ? [] : [this.#current]; }
  stopPropagation() { this.#stop = true; }
  stopImmediatePropagation() { this.#stop = this.#stopNow = true; }
  preventDefault() { if (this.#cancelable && !this.#passive) this.#canceled = true; }
  initEvent(type, bubbles = false, cancelable = false) {
    need("initEvent", arguments.length, 1);
    if (this.#dispatching) return;
    this.#type = `${type}`;
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
    this.#stop = this.#stopNow = this.#canceled = this.#trusted = false;
    this.#target = null;
  }
}
tag(Event, "Event");
["NONE", "CAPTURING_PHASE", "AT_TARGET", "BUBBLING_PHASE"].forEach((name, value) => {
  const property = { value, writable: false, enumerable: true, configurable: false };
  defineProperty(Event, name, property);
  defineProperty(Event.prototype, name, property);
});

class CustomEvent extends Event {
  #detail;
  constructor(type, init = undefined) {
    need("the constructor of CustomEvent", arguments.length, 1);
    super(type, init);
    this.#detail = dictionary(init).detail ?? null;
  }
  get detail() { return this.#detail; }
  initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
    need("initCustomEvent", arguments.length, 1);
    if (dispatching(this)) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}
tag(CustomEvent, "CustomEvent");

class MessageEvent extends Event {
  #data; #origin; #lastEventId; #source; #ports;
  constructor(type, init = undefined) {
    need("the constructor of MessageEvent", arguments.length, 1);
    super(type, init);
    const { data = null, origin = "", lastEventId = "", source = null, ports = [] } = dictionary(init);
    this.#data = data;
    this.#origin = `${origin}`;
    this.#lastEventId = `${lastEventId}`;
    this.#source = source;
    this.#ports = Object.freeze([...ports]);
  }
  get data() { return this.#data; }
  get origin() { return this.#origin; }
  get lastEventId() { return this.#lastEventId; }
  get source() { return this.#source; }
  get ports() { return this.#ports; }
}
tag(MessageEvent, "MessageEvent");

class CloseEvent extends Event {
  #clean; #code; #reason;
  constructor(type, init = undefined) {
    need("the constructor of CloseEvent", arguments.length, 1);
    super(type, init);
    const { wasClean = false, code = 0, reason = "" } = dictionary(init);
    this.#clean = Boolean(wasClean);
    this.#code = code & 0xffff;
    this.#reason = `${reason}`;
  }
  get wasClean() { return this.#clean; }
  get code() { return this.#code; }
  get reason() { return this.#reason; }
}
tag(CloseEvent, "CloseEvent");

class ErrorEvent extends Event {
  #message; #filename; #line; #column; #error;
  constructor(type, init = undefined) {
    need("the constructor of ErrorEvent", arguments.length, 1);
    super(type, init);
    const { message = "", filename = "", lineno = 0, colno = 0, error = undefined } = dictionary(init);
    this.#message = `${message}`;
    this.#filename = `${filename}`;
    this.#line = lineno >>> 0;
    this.#column = colno >>> 0;
    this.#error = error;
  }
  get message() { return this.#message; }
  get filename() { return this.#filename; }
  get lineno() { return this.#line; }
  get colno() { return this.#column; }
  get error() { return this.#error; }
}
tag(ErrorEvent, "ErrorEvent");

function reportError(error) {
  need("reportError", arguments.length, 1);
  report(error);
}
