// Requests and answers: the parts of the Fetch standard that a handler needs, and the way from what a handler returns to
// what goes out. `serve` and `admit` are the only doors for the server.
(function (host) {
  "use strict";

  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
  const stringify = JSON.stringify;
  const parse = JSON.parse;

  let headerPairs; // a Headers as a list of [name, value], sorted by name, each cookie by itself

  class Headers {
    #map = new Map(); // lower-cased name -> list of values
    static {
      headerPairs = (headers) => {
        const pairs = [];
        for (const name of Array.from(headers.#map.keys()).sort()) {
          const values = headers.#map.get(name);
          if (name !== "set-cookie") pairs.push([name, values.join(", ")]);
          else values.forEach((cookie) => pairs.push([name, cookie]));
        }
        return pairs;
      };
    }

    constructor(init) {
      if (init === undefined || init === null) return;
      const pairs = typeof init[Symbol.iterator] === "function" ? init : Object.entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    }
    append(name, value) {
      const key = headerName(name);
      this.#map.set(key, [...(this.#map.get(key) ?? []), headerValue(value)]);
    }
    set(name, value) { this.#map.set(headerName(name), [headerValue(value)]); }
    get(name) { return this.#map.get(headerName(name))?.join(", ") ?? null; }
    getSetCookie() { return [...(this.#map.get("set-cookie") ?? [])]; }
    has(name) { return this.#map.has(headerName(name)); }
    delete(name) { this.#map.delete(headerName(name)); }
    forEach(callback, thisArg) { headerPairs(this).forEach(([name, value]) => callback.call(thisArg, value, name, this)); }
    entries() { return headerPairs(this).values(); }
    keys() { return headerPairs(this).map(([name]) => name).values(); }
    values() { return headerPairs(this).map(([, value]) => value).values(); }
    [Symbol.iterator]() { return this.entries(); }
    get [Symbol.toStringTag]() { return "Headers"; }
  }

  function headerName(name) {
    const text = String(name);
    if (!TOKEN.test(text)) throw new TypeError(`${stringify(text)} is not a header name`);
    return text.toLowerCase();
  }

  function headerValue(value) {
    const text = String(value).trim();
    if (/[\0\r\n]/.test(text)) throw new TypeError(`header value ${stringify(text)} has a line break in it`);
    return text;
  }

  /** A body as the host wants it: undefined, a string, or an ArrayBuffer of its own. */
  function bodyOf(body) {
    if (body === undefined || body === null) return undefined;
    if (body instanceof ArrayBuffer) return body.slice(0);
    if (ArrayBuffer.isView(body)) return body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength);
    if (body instanceof URLSearchParams) return body.toString();
    return String(body);
  }

  const typeOfBody = (body) => body instanceof URLSearchParams ? "application/x-www-form-urlencoded;charset=UTF-8"
    : typeof body === "string" ? "text/plain;charset=UTF-8" : undefined;

  let rawBody; // the body of a message, read or not

  /** What Request and Response share: one body, read once. */
  class Body {
    #body; #used = false;
    constructor(body) { this.#body = body; }
    get bodyUsed() { return this.#used; }
    async bytes() { return new Uint8Array(host.bytes(this.#take())); }
    async arrayBuffer() { return host.bytes(this.#take()); }
    async text() { return host.text(this.#take()); }
    async json() {
      const text = host.text(this.#take());
      try {
        return parse(text);
      } catch (e) {
        throw badBody(e);
      }
    }
    #take() {
      if (this.#used) throw new TypeError("the body was read already: it can be read once");
      this.#used = true;
      return this.#body ?? "";
    }
    static { rawBody = (message) => message.#body; }
  }

  // A body that is not JSON is the client's mistake: uncaught, it becomes a 400 and not a 500.
  const clientErrors = new WeakSet();
  function badBody(cause) {
    const error = new SyntaxError(`the body is not JSON: ${cause.message}`);
    clientErrors.add(error);
    return error;
  }

  class Response extends Body {
    #status; #statusText; #headers;
    constructor(body, init = {}) {
      const { status = 200, statusText = "", headers } = init ?? {};
      if (!Number.isInteger(status) || (status < 200 && status !== 101) || status > 599) throw new RangeError(`status ${status} is not between 200 and 599`);
      if ([101, 204, 205, 304].includes(status) && body !== undefined && body !== null) throw new TypeError(`a ${status} has no body`);
      super(bodyOf(body));
      this.#status = status;
      this.#statusText = String(statusText);
      this.#headers = new Headers(headers);
      const type = typeOfBody(body);
      if (type && !this.#headers.has("content-type")) this.#headers.set("content-type", type);
    }
    get status() { return this.#status; }
    get statusText() { return this.#statusText; }
    get headers() { return this.#headers; }
    get ok() { return this.#status < 300; }
    get [Symbol.toStringTag]() { return "Response"; }
    static json(data, init = {}) {
      const headers = new Headers(init?.headers);
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(json(data), { ...init, headers });
    }
    static redirect(url, status = 302) {
      if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`${status} is not a redirect`);
      return new Response(null, { status, headers: { location: String(url) } });
    }
  }

  function json(data) {
    const text = stringify(data);
    if (text === undefined) throw new TypeError(`${host.show(data)} has no JSON form`);
    return text;
  }

  class HttpReq extends Body {
    #raw; #headers; #query; #cookies;
    user = undefined;
    constructor(raw) {
      if (!host.isRequest(raw)) throw new TypeError("requests are made by the server");
      super(raw.body);
      this.#raw = raw;
    }
    get method() { return this.#raw.method; }
    get url() { return this.#raw.url; }
    get path() { return this.#raw.path; }
    get params() { return this.#raw.params; }
    get remoteAddress() { return this.#raw.remoteAddress; }
    get headers() { return this.#headers ??= new Headers(this.#raw.headers); }
    get query() { return this.#query ??= host.query(this.#raw.rawQuery); }
    get cookies() { return this.#cookies ??= host.cookies(this.headers.get("cookie") ?? ""); }
    get [Symbol.toStringTag]() { return "HttpReq"; }
  }

  // --- answers ----------------------------------------------------------------------------------------------------------

  /** Turns what a handler returned into [status, headers as pairs, body]. */
  function encode(value) {
    return value instanceof Response ? [value.status, headerPairs(value.headers), rawBody(value)] : encodePlain(value);
  }

  function encodePlain(value) {
    if (value === undefined || value === null) return [204, []];
    if (typeof value === "string") return typed(/^\s*<(!doctype\s+html|html)\b/i.test(value) ? "text/html;charset=UTF-8" : "text/plain;charset=UTF-8", value);
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return typed("application/octet-stream", value);
    if (typeof value[Symbol.asyncIterator] === "function") throw new TypeError("a handler returned an async iterable: streamed answers are not there yet");
    if (typeof value === "function" || typeof value === "symbol") throw new TypeError(`a handler returned ${host.show(value)}, which cannot be sent`);
    return typed("application/json", json(value));
  }

  const typed = (type, body) => [200, [["content-type", type]], body];

  function toResponse(value) {
    if (value instanceof Response) return value;
    const [status, headers, body] = encodePlain(value);
    return new Response(body, { status, headers });
  }

  /** Makes a status helper: `notFound()`, `notFound("no such item")`, `created({ id: 1 })`. */
  const statusHelper = (status, standardText) => (value = standardText, headers = {}) =>
    value === undefined ? new Response(null, { status, headers }) : withStatus(toResponse(value), status, headers);

  function withStatus(response, status, headers) {
    const merged = new Headers(headerPairs(response.headers));
    for (const [name, value] of headerPairs(new Headers(headers))) merged.set(name, value);
    return new Response(rawBody(response), { status, headers: merged });
  }

  const helpers = {
    created: statusHelper(201), accepted: statusHelper(202),
    noContent: () => new Response(null, { status: 204 }),
    badRequest: statusHelper(400, "Bad Request"), unauthorized: statusHelper(401, "Unauthorized"),
    forbidden: statusHelper(403, "Forbidden"), notFound: statusHelper(404, "Not Found"),
    conflict: statusHelper(409, "Conflict"),
    redirect: (url, status = 302) => Response.redirect(url, status),
  };

  /** A thrown Response is an answer; a body that is not what the handler asked for is a 400; the rest is an error. */
  function encodeThrown(error) {
    if (error instanceof Response) return encode(error);
    if (clientErrors.has(error)) return encode(helpers.badRequest(error.message));
    throw error;
  }

  /** Runs guards in order; the first that answers ends it. Undefined and true let pass. */
  async function refusal(app, guards, req) {
    for (const guard of guards) {
      const verdict = await guard.call(app, req);
      if (verdict === false) return helpers.forbidden();
      if (verdict !== undefined && verdict !== true) return verdict === null ? helpers.forbidden() : verdict;
    }
    return undefined;
  }

  async function guarded(app, guards, handler, req) {
    const refused = await refusal(app, guards, req);
    return refused === undefined ? handler.call(app, req) : refused;
  }

  /** Answers one request: an encoded answer or a promise of one; what it throws is the author's error. */
  function serve(app, guards, handler, raw) {
    const req = new HttpReq(raw);
    try {
      const value = guards.length ? guarded(app, guards, handler, req) : handler.call(app, req);
      return value instanceof Promise ? value.then(encode).catch(encodeThrown) : encode(value);
    } catch (error) {
      return encodeThrown(error);
    }
  }

  /** Runs the guards of an upgrade: [encoded refusal or undefined, user as JSON or undefined]. */
  async function admit(app, guards, raw) {
    const req = new HttpReq(raw);
    try {
      const refused = await refusal(app, guards, req);
      return refused === undefined ? [undefined, stringify(req.user)] : [encode(refused)];
    } catch (error) {
      return [encodeThrown(error)];
    }
  }

  return { globals: { Headers, Response, HttpReq, ...helpers }, serve, admit, encode, encodeThrown, toRequest: (raw) => new HttpReq(raw) };
})
