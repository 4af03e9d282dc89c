// Request (Fetch standard 5.4).
const choices = {
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  credentials: ["omit", "same-origin", "include"],
  mode: ["same-origin", "no-cors", "cors"],
  redirect: ["follow", "error", "manual"],
  referrerPolicy: ["", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
    "strict-origin-when-cross-origin", "unsafe-url"],
};
const standardState = {
  __proto__: null, method: "GET", url: "", headers: undefined, body: null, signal: undefined, follows: undefined, cache: "default",
  credentials: "same-origin", mode: "cors", redirect: "follow", referrer: "about:client", referrerPolicy: "", integrity: "", keepalive: false,
};

let requestState, isRequest, stateGetters;
let adopted = () => undefined; // the state of a request that the host made, without the constructor; undefined of anything else

class Request {
  #state;
  static {
    const made = (value) => #state in value; // the engine does not compile it beside operators
    isRequest = (value) => isObject(value) && (made(value) || adopted(value) !== undefined);
    requestState = (request) => adopted(request) ?? request.#state;
    /** Gives a subclass getters for members of the state. */
    stateGetters = (Class, ...names) => {
      for (const name of names) defineProperty(Class.prototype, name, { get() { return requestState(this)[name]; }, enumerable: false, configurable: true });
    };
  }
  constructor(input, init = undefined) {
    if (input === INTERNAL) {
      this.#state = init;
      return;
    }
    if (input === undefined) count("the constructor of Request", 0, 1); // an arguments object would cost each request more than the rest
    this.#state = makeState(input, dictionary(init, "the init of a Request"));
  }
  get method() { return requestState(this).method; }
  get url() { return requestState(this).url; }
  get headers() { return requestState(this).headers; }
  get signal() { return signalOf(requestState(this)); }
  get redirect() { return requestState(this).redirect; }
  get mode() { return requestState(this).mode; }
  get credentials() { return requestState(this).credentials; }
  get cache() { return requestState(this).cache; }
  get referrer() { return requestState(this).referrer; }
  get referrerPolicy() { return requestState(this).referrerPolicy; }
  get integrity() { return requestState(this).integrity; }
  get keepalive() { return requestState(this).keepalive; }
  get destination() { void requestState(this); return ""; }
  get duplex() { void requestState(this); return "half"; }
  clone() {
    const state = requestState(this), body = cloneBody(state.body);
    const copy = { __proto__: standardState };
    for (const key of Object.keys(standardState)) copy[key] = state[key];
    copy.headers = new Headers(this.headers);
    copy.signal = undefined;
    copy.follows = signalOf(state);
    copy.body = body;
    return new Request(INTERNAL, copy);
  }
}
mixBody(Request, (request) => requestState(request).body);
hidden(Request.prototype, Symbol.toStringTag, "Request", false);

/** The signal of a request, made when it is asked for. */
function signalOf(state) {
  if (state.signal === undefined) {
    const { dependentSignal } = need("events");
    state.signal = dependentSignal(state.follows ? [state.follows] : []);
  }
  return state.signal;
}

function makeState(input, init) {
  const from = isRequest(input) ? requestState(input) : undefined;
  const state = { __proto__: standardState };
  if (from) for (const key of Object.keys(choices)) state[key] = from[key];
  state.url = from ? from.url : absolute(input);
  state.method = from ? from.method : "GET";
  if (from) {
    state.integrity = from.integrity;
    state.keepalive = from.keepalive;
    state.referrer = from.referrer;
  }
  readInit(state, init);
  state.follows = init.signal === undefined ? from && signalOf(from) : signalArgument(init.signal);
  state.headers = new Headers(init.headers === undefined ? (from ? input.headers : undefined) : init.headers);
  state.body = bodyOfInit(state, init, from);
  return state;
}

function absolute(input) {
  const text = `${input}`, url = globalThis.URL.parse(text);
  if (url === null) fail(`${stringify(text.slice(0, 100))} is not an absolute URL`);
  if (url.username !== "" || url.password !== "") fail(`${stringify(text.slice(0, 100))} has a user name or password in it: send an Authorization header`);
  return url.href;
}

function readInit(state, init) {
  if (init.window !== undefined && init.window !== null) fail("window must be null");
  for (const key of Object.keys(choices)) {
    if (init[key] === undefined) continue;
    const value = `${init[key]}`;
    if (!choices[key].includes(value)) fail(`${key} of a Request is one of ${choices[key].map((c) => stringify(c)).join(", ")}, not ${stringify(value)}`);
    state[key] = value;
  }
  if (state.cache === "only-if-cached" && state.mode !== "same-origin") fail("only-if-cached goes with the mode same-origin only");
  if (init.referrer !== undefined) state.referrer = `${init.referrer}`;
  if (init.integrity !== undefined) state.integrity = `${init.integrity}`;
  if (init.keepalive !== undefined) state.keepalive = Boolean(init.keepalive);
  if (init.method !== undefined) state.method = methodName(init.method);
}

function methodName(value) {
  const text = `${value}`, upper = text.toUpperCase();
  if (!TOKEN.test(text)) fail(`${stringify(text)} is not a method`);
  if (["CONNECT", "TRACE", "TRACK"].includes(upper)) fail(`the method ${text} is not allowed`);
  return ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].includes(upper) ? upper : text;
}

function signalArgument(signal) {
  if (signal === null) return undefined;
  return need("events").isSignal(signal) ? signal : fail("the signal of a Request must be an AbortSignal");
}

function bodyOfInit(state, init, from) {
  const given = init.body !== undefined && init.body !== null, inherited = from?.body ?? null;
  if ((given || inherited !== null) && (state.method === "GET" || state.method === "HEAD")) fail(`a ${state.method} request has no body`);
  if (!given) return moveBody(inherited);
  if (init.duplex !== undefined && init.duplex !== "half") fail("duplex of a Request is \"half\"");
  const [body, type] = extract(init.body);
  if (body.kind === STREAM && init.duplex === undefined) fail("a Request with a stream for its body needs duplex: \"half\"");
  giveType(state.headers, type);
  return body;
}
