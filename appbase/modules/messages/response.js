// Response (Fetch standard 5.5).
const standardResponse = {
  __proto__: null, status: 200, statusText: "", headers: undefined, body: null, type: "default", url: "", redirected: false,
  kind: null, // the content type of a body, while nobody has asked for the headers
};
let responseState, isResponse;

class Response {
  #state;
  static {
    isResponse = (value) => isObject(value) && #state in value;
    responseState = (response) => response.#state;
  }
  constructor(body = null, init = undefined) {
    if (body === INTERNAL) {
      this.#state = init;
      return;
    }
    this.#state = init === undefined ? { __proto__: standardResponse } : readResponseInit(init);
    if (body !== null && body !== undefined) this.#setBody(extract(body));
  }
  #setBody(extracted) {
    const state = this.#state, { status } = state, body = extracted[0], type = extracted[1]; // by index: an iterator costs more
    if (status === 101 || status === 204 || status === 205 || status === 304) fail(`a ${status} has no body`);
    state.body = body;
    if (state.headers === undefined) state.kind = type;
    else giveType(state.headers, type);
  }
  static error() {
    return new Response(INTERNAL, { __proto__: standardResponse, status: 0, type: "error", headers: new Headers() });
  }
  static json(data, init = undefined) {
    count("Response.json", arguments.length, 1);
    const response = new Response(null, init), text = stringify(data);
    if (text === undefined) fail(`${describe(data)} has no JSON form`);
    response.#setBody([newBody(TEXT, text), "application/json"]);
    return response;
  }
  static redirect(url, status = 302) {
    count("Response.redirect", arguments.length, 1);
    if (![301, 302, 303, 307, 308].includes(Number(status))) throw new RangeError(`${status} is not a redirect`);
    const response = new Response(null, { status });
    response.headers.set("location", location(`${url}`));
    return response;
  }
  get type() { return this.#state.type; }
  get url() { return this.#state.url; }
  get redirected() { return this.#state.redirected; }
  get status() { return this.#state.status; }
  get ok() { return this.#state.status >= 200 && this.#state.status <= 299; }
  get statusText() { return this.#state.statusText; }
  get headers() { return headersIn(this.#state); }
  clone() {
    const { status, statusText, type, url, redirected } = this.#state, body = cloneBody(this.#state.body);
    return new Response(INTERNAL, { __proto__: standardResponse, status, statusText, type, url, redirected, headers: new Headers(headersIn(this.#state)), body });
  }
}
mixBody(Response, (response) => responseState(response).body);
hidden(Response.prototype, Symbol.toStringTag, "Response", false);

/** The headers of a response, made when they are asked for. */
function headersIn(state) {
  if (state.headers === undefined) {
    state.headers = new Headers();
    giveType(state.headers, state.kind);
  }
  return state.headers;
}

function giveType(headers, type) {
  const fields = fieldsOf(headers);
  if (type !== null && !host.has(fields, "content-type")) host.set(fields, "content-type", type);
}

function readResponseInit(init) {
  const { status = 200, statusText = "", headers } = dictionary(init, "the init of a Response");
  return { __proto__: standardResponse, status: statusNumber(status), statusText: reason(statusText), headers: new Headers(headers) };
}

/** 101 is for those that answer a handshake. */
function statusNumber(value) {
  const status = Math.trunc(Number(value));
  if (!(status >= 200 && status <= 599) && status !== 101) throw new RangeError(`status ${value} is not between 200 and 599`);
  return status;
}

function reason(value) {
  const text = `${value}`;
  if (text === "") return text;
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : fail(`${stringify(text)} is not a reason phrase`);
}

/** An absolute URL in its standard form. Others stand as they are: there is no page whose address they could go by. */
const location = (url) => globalThis.URL.parse(url)?.href ?? (/[^\x21-\x7e]/.test(url) ? encodeURI(url) : url);
