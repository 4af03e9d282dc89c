// Requests of the server's own, and the way from what a handler returns to what goes out. `serve` and `admit` are the only
// doors for the server. The classes of the Fetch standard are the module "messages".
(function (host) {
  "use strict";

  const {
    Request, Response, changed, clientError, clientErrors, headersOf, incoming, isResponse, outgoing, puller, sourceBody, standardState,
  } = host.need("messages");
  const { stringify } = JSON;
  const { asyncIterator, iterator } = Symbol;

  // --- requests ---------------------------------------------------------------------------------------------------------

  const KEY = Symbol("request");

  /** What the host gives of a body: [status, message] is what went wrong, by a client's fault when there is a status. */
  async function given(promise) {
    const value = await promise;
    if (!Array.isArray(value)) return value;
    const [status, message] = value, error = new TypeError(message);
    throw status ? clientError(error, status) : error;
  }

  const source = (raw) => ({
    all: () => host.isWhole(raw) ? host.all(raw) : given(host.all(raw)),
    async read() {
      const chunk = await given(host.read(raw));
      return chunk === undefined ? undefined : new Uint8Array(chunk);
    },
    cancel() {},
  });

  /** The state of a request whose parts are asked of the host when they are wanted. */
  const incomingState = {
    __proto__: standardState,
    get headers() { return this.headerFields ??= headersOf(host.headers(this.raw)); },
    get body() { return this.content === undefined ? (this.content = host.hasBody(this.raw) ? sourceBody(source(this.raw), true) : null) : this.content; },
    get follows() { return this.root ??= aborted(this.raw); },
  };

  /** A signal that is aborted when nobody waits for the answer any more. */
  function aborted(raw) {
    const { newSignal, abortSignal } = host.need("events"), signal = newSignal();
    host.onAbort(raw, (message) => abortSignal(signal, new DOMException(message, "AbortError")));
    return signal;
  }

  let accept; // gives a request its parts as a contract reads them

  class HttpReq extends Request {
    static {
      accept = (req, { params, query, cookies }) => {
        req.#params = { ...req.params, ...params };
        req.#query = { ...req.query, ...query };
        req.#cookies = { ...req.cookies, ...cookies };
      };
    }
    #raw; #parts; #query; #cookies; #params;
    user = undefined;
    valid = undefined;
    constructor(key, parts) {
      if (key !== KEY) throw new TypeError("requests are made by the server");
      const raw = parts[0];
      super(incoming, { __proto__: incomingState, raw, method: parts[1], url: parts[2] });
      this.#raw = raw;
      this.#parts = parts;
    }
    get path() { return this.#parts[3]; }
    get remoteAddress() { return this.#parts[5]; }
    get params() { return this.#params ??= host.params(this.#raw); }
    get query() { return this.#query ??= host.query(this.#parts[4]); }
    get cookies() { return this.#cookies ??= host.cookies(this.headers.get("cookie") ?? ""); }
    setCookie(name, value, options = undefined) { host.setCookie(this.#raw, name, value, options); }
    deleteCookie(name, options = undefined) { host.setCookie(this.#raw, name, "", { ...options, secret: undefined, maxAge: 0, expires: undefined }); }
    signedCookie(name, secrets) {
      const value = this.cookies[name];
      return value === undefined ? undefined : host.signed(name, value, secrets);
    }
    async form() {
      const type = this.headers.get("content-type") ?? "", streamed = this.body !== null && !host.isWhole(this.#raw) && !this.bodyUsed;
      if (!streamed || !/^multipart\/form-data\s*;/i.test(type)) return this.formData();
      host.need("messages").requestState(this).body.used = true;
      const { entries } = await given(host.form(this.#raw, type));
      return host.need("formdata").formOf(entries);
    }
    get [Symbol.toStringTag]() { return "HttpReq"; }
  }

  // --- answers ----------------------------------------------------------------------------------------------------------

  /** Turns what a handler returned into [status, headers as pairs, body, puller], or a promise of it. */
  function encode(value) { return isResponse(value) ? outgoing(value) : encodePlain(value); }

  function encodePlain(value) {
    if (value === undefined || value === null) return [204, []];
    if (typeof value === "string") return typed(textType(value), value);
    if (typeof value === "function" || typeof value === "symbol") throw new TypeError(`a handler returned ${host.show(value)}, which cannot be sent`);
    if (typeof value === "object") {
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return typed(BINARY, value);
      if (typeof value[asyncIterator] === "function") return streamed(value[asyncIterator]());
      if (typeof value.next === "function" && typeof value[iterator] === "function") return streamed(value);
      if (value instanceof Promise) throw new TypeError("a handler returned a promise of a promise");
      if (isBody(value)) return outgoing(new Response(value));
    }
    return typed("application/json", json(value));
  }

  const BINARY = "application/octet-stream";
  const textType = (text) => /^\s*<(!doctype\s+html|html)\b/i.test(text) ? "text/html;charset=UTF-8" : "text/plain;charset=UTF-8";
  const typed = (type, body) => [200, [["content-type", type]], body];

  /** A value of one of the web's classes that are bodies. */
  function isBody(value) {
    const tag = value[Symbol.toStringTag];
    return (tag === "Blob" || tag === "File") && value instanceof Blob
      || tag === "FormData" && value instanceof FormData || tag === "URLSearchParams" && value instanceof URLSearchParams;
  }

  function json(data) {
    const text = stringify(data);
    if (text === undefined) throw new TypeError(`${host.show(data)} has no JSON form`);
    return text;
  }

  /** What an iterator yields, as it comes. The first chunk says what it is, and an error before it is an error of the handler. */
  async function streamed(chunks) {
    const rest = puller(chunks);
    let first = await rest.pull();
    if (first === undefined) return typed("text/plain;charset=UTF-8", "");
    return [200, [["content-type", typeof first === "string" ? textType(first) : BINARY]], undefined, {
      async pull() {
        if (first === undefined) return rest.pull();
        const chunk = first;
        first = undefined;
        return chunk;
      },
      cancel: (reason) => rest.cancel(reason),
    }];
  }

  function toResponse(value) {
    if (isResponse(value)) return value;
    if (typeof value === "object" && value !== null && (typeof value[asyncIterator] === "function" || isBody(value))) return new Response(value);
    const [status, headers, body] = encodePlain(value);
    return new Response(body, { status, headers });
  }

  /** Makes a status helper: `notFound()`, `notFound("no such item")`, `created({ id: 1 })`. */
  const statusHelper = (status, standardText) => (value = standardText, headers = {}) =>
    value === undefined ? new Response(null, { status, headers }) : changed(toResponse(value), status, headers);

  const helpers = {
    created: statusHelper(201), accepted: statusHelper(202),
    noContent: () => new Response(null, { status: 204 }),
    badRequest: statusHelper(400, "Bad Request"), unauthorized: statusHelper(401, "Unauthorized"),
    forbidden: statusHelper(403, "Forbidden"), notFound: statusHelper(404, "Not Found"),
    conflict: statusHelper(409, "Conflict"),
    redirect: (url, status = 302) => Response.redirect(url, status),
    setCookie: (name, value, options = undefined) => host.cookieText(name, value, options),
  };

  /** A thrown Response is an answer; a body that is not what the handler asked for is a 400 or what fits; the rest is an error. */
  function encodeThrown(error) {
    if (isResponse(error)) return encode(error);
    const status = typeof error === "object" && error !== null ? clientErrors.get(error) : undefined;
    if (status !== undefined) return outgoing(new Response(error.message, { status }));
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
  function serve(app, guards, handler, parts) {
    const req = new HttpReq(KEY, parts);
    try {
      const value = guards.length ? guarded(app, guards, handler, req) : handler.call(app, req);
      const answer = value instanceof Promise ? value.then(encode) : encode(value);
      return answer instanceof Promise ? answer.catch(encodeThrown) : answer;
    } catch (error) {
      return encodeThrown(error);
    }
  }

  /** Runs the guards of an upgrade: [encoded refusal or undefined, user as JSON or undefined]. */
  async function admit(app, guards, parts) {
    const req = new HttpReq(KEY, parts);
    try {
      const refused = await refusal(app, guards, req);
      return refused === undefined ? [undefined, stringify(req.user)] : [await encode(refused)];
    } catch (error) {
      return [encodeThrown(error)];
    }
  }

  return { globals: { HttpReq, ...helpers }, serve, admit, encode, encodeThrown, refusal, isResponse, accept, toRequest: (parts) => new HttpReq(KEY, parts) };
})
