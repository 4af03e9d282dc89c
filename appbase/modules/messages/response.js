// Response (Fetch standard 5.5).
// The state of one that a script makes is the host's (reply.go), which makes headers of its fields when they are asked for, and
// a content type of kind; that of others inherits from this.
const standardResponse = {
  __proto__: null, status: 200, statusText: "", headers: undefined, body: null, type: "default", url: "", redirected: false,
};
const latest = host.prepare((headers) => fieldsOf(new Headers(headers)), (text) => newBody(TEXT, text));
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
    this.#state = host.reply(this, body, init);
    if (typeof body !== "string" && body !== null && body !== undefined) this.#setBody(extract(body));
  }
  #setBody(extracted) {
    const state = this.#state;
    state.body = extracted[0];
    state.kind = extracted[1]; // by index: an iterator costs more
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
  return state.headers ??= headersOf(state.fields);
}

function giveType(headers, type) {
  const fields = fieldsOf(headers);
  if (type !== null && !host.has(fields, "content-type")) host.set(fields, "content-type", type);
}

/** An absolute URL in its standard form. Others stand as they are: there is no page whose address they could go by. */
const location = (url) => globalThis.URL.parse(url)?.href ?? (/[^\x21-\x7e]/.test(url) ? encodeURI(url) : url);
