// MessageChannel and MessagePort (HTML 9.4). Both ends are in one app, so a message is a copy in the other end's queue.
const { EventTarget, Event, MessageEvent, fire, handlers } = need("events");
const { DOMException, structuredClone, setTimeout, TypeError, Symbol, Array } = globalThis;
const maxWaiting = 1024; // messages at a port
const internals = {};

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
let making = false, entangle, isPort;

class MessagePort extends EventTarget {
  #other = null; #waiting = []; #started = false; #due = false;
  static {
    isPort = (value) => isObject(value) && #other in value;
    entangle = (a, b) => {
      a.#other = b;
      b.#other = a;
    };
  }
  constructor() {
    if (!making) throw new TypeError("MessagePort has no constructor: make a MessageChannel");
    super();
  }
  postMessage(message, options = undefined) {
    if (arguments.length < 1) throw new TypeError("postMessage needs 1 argument, but got 0");
    const transfer = transferOf(options), other = this.#other;
    if (transfer.some(isPort)) throw new DOMException("a MessagePort could not be transferred: both ends stay in the app", "DataCloneError");
    const data = structuredClone(message, { transfer });
    if (other === null) return;
    if (other.#waiting.length >= maxWaiting) throw new DOMException(`${maxWaiting} messages wait at the other port already`, "QuotaExceededError");
    other.#waiting.push(data);
    other.#schedule();
  }
  start() {
    this.#started = true;
    this.#schedule();
  }
  close() {
    const other = this.#other;
    if (other === null) return;
    this.#other = other.#other = null;
    this.#waiting = [];
    setTimeout(() => fire(other, new Event("close")), 0);
  }
  /** Has the next message arrive in a turn of its own. */
  #schedule() {
    if (this.#due || !this.#started || this.#waiting.length === 0) return;
    this.#due = true;
    setTimeout(() => {
      this.#due = false;
      if (this.#waiting.length === 0) return;
      const data = this.#waiting.shift();
      this.#schedule();
      fire(this, new MessageEvent("message", { data }));
    }, 0);
  }
}

function transferOf(options) {
  if (options === undefined || options === null) return [];
  if (!isObject(options)) throw new TypeError("the options of postMessage must be an object");
  const list = typeof options[Symbol.iterator] === "function" ? options : options.transfer;
  return list === undefined ? [] : Array.from(list);
}

handlers(MessagePort, "message", "messageerror", "close");
const onmessage = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
Object.defineProperty(MessagePort.prototype, "onmessage", {
  ...onmessage,
  set(value) {
    Reflect.apply(onmessage.set, this, [value]);
    this.start();
  },
});

class MessageChannel {
  #port1; #port2;
  constructor() {
    making = true;
    try {
      this.#port1 = new MessagePort();
      this.#port2 = new MessagePort();
    } finally {
      making = false;
    }
    entangle(this.#port1, this.#port2);
  }
  get port1() { return this.#port1; }
  get port2() { return this.#port2; }
}

for (const Class of [MessagePort, MessageChannel]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, writable: false, enumerable: false, configurable: true });
}
