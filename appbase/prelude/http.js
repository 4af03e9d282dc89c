// Requests of the server's own, and the way from what a handler returns to what goes out. The server calls handlers itself,
// and comes here for what is not common. The classes of the Fetch standard are the module "messages".
(function (host) {
  "use strict";

  const {
    Request, Response, adopt, changed, clientError, clientErrors, headersOf, isResponse, latest, outgoing, puller, requestState, sourceBody, standardState, stateGetters,
  } = host.need("messages");
  const { stringify } = JSON;
  const { asyncIterator, iterator } = Symbol;

  // --- requests ---------------------------------------------------------------------------------------------------------

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

  /** What the state of a request inherits: the state itself is the host's, which gives what is text and keeps what is set. */
  const incomingState = {
    __proto__: standardState,
    get headers() { return this.headerFields ??= headersOf(host.headers(this)); },
    get body() { return this.content === undefined ? (this.content = host.hasBody(this) ? sourceBody(source(this), true) : null) : this.content; },
    get follows() { return this.root ??= aborted(this); },
  };

  /** A signal that is aborted when nobody waits for the answer any more. */
  function aborted(raw) {
    const { newSignal, abortSignal } = host.need("events"), signal = newSignal();
    host.onAbort(raw, (message) => abortSignal(signal, new DOMException(message, "AbortError")));
    return signal;
  }

  const PIECE = 262144; // bytes of a file that are in memory at once

  /** Writes what a file has, piece by piece, and gives it its name when all of it is there. */
  async function saveTo(path) {
    const saving = await host.createFile(`${path}`);
    let whole = false;
    try {
      for (let at = 0; at < this.size; at += PIECE) await host.writeFile(saving, await this.slice(at, at + PIECE).arrayBuffer());
      whole = true;
    } finally {
      await host.endFile(saving, whole);
    }
  }

  /** A form whose files can be saved. */
  function saveable(form) {
    for (const [, value] of form) {
      if (typeof value !== "string") Object.defineProperty(value, "saveTo", { value: saveTo, writable: true, enumerable: false, configurable: true });
    }
    return form;
  }

  /** The form of a request; files of multipart bodies are read from the wire to disk. */
  async function formOf(req) {
    const raw = requestState(req), type = req.headers.get("content-type") ?? "";
    const streamed = req.body !== null && !host.isWhole(raw) && !req.bodyUsed;
    if (!streamed || !/^multipart\/form-data\s*;/i.test(type)) return req.formData();
    raw.body.used = true;
    const { entries } = await given(host.form(raw, type));
    return host.need("formdata").formOf(entries);
  }

  // The host makes instances: objects that inherit from this class's prototype through one that has what is text.
  class HttpReq extends Request {
    constructor() { throw new TypeError("requests are made by the server"); }
    get cookies() {
      const state = requestState(this);
      return state.cookies ??= host.cookies(this.headers.get("cookie") ?? "");
    }
    setCookie(name, value, options = undefined) { host.setCookie(requestState(this), name, value, options); }
    deleteCookie(name, options = undefined) { host.setCookie(requestState(this), name, "", { ...options, secret: undefined, maxAge: 0, expires: undefined }); }
    signedCookie(name, secrets) {
      const value = this.cookies[name];
      return value === undefined ? undefined : host.signed(name, value, secrets);
    }
    async form() { return saveable(await formOf(this)); }
    get [Symbol.toStringTag]() { return "HttpReq"; }
  }
  stateGetters(HttpReq, "path", "remoteAddress", "params", "query");
  Object.assign(HttpReq.prototype, { user: undefined, valid: undefined });

  adopt(host.state);

  // --- answers ----------------------------------------------------------------------------------------------------------

  /** Turns what a handler returned into [status, headers as pairs, body, puller], or a promise of it. */
  function encode(value) { return isResponse(value) ? outgoing(value) : encodePlain(value); }

  function encodePlain(value) {
    if (value === undefined || value === null) return [204, []];
    if (typeof value === "string") return typed(host.textType(value), value);
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
    return [200, [["content-type", typeof first === "string" ? host.textType(first) : BINARY]], undefined, {
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

  /** The encoded answer that a promise comes to. */
  const encodeLater = (promise) => promise.then(encode).catch(encodeThrown);

  /** Runs the guards of an upgrade: [encoded refusal or undefined, user as JSON or undefined]. */
  async function admit(app, guards, req) {
    try {
      const refused = await refusal(app, guards, req);
      return refused === undefined ? [undefined, stringify(req.user)] : [await encode(refused)];
    } catch (error) {
      return [encodeThrown(error)];
    }
  }

  /** Gives a request its parts as a contract reads them. */
  function accept(req, parts) {
    const state = requestState(req);
    for (const name of ["params", "query", "cookies"]) state[name] = { ...req[name], ...parts[name] };
  }

  return {
    globals: { HttpReq, ...helpers }, admit, encode, encodeLater, encodeThrown, guarded, refusal, isResponse, accept, HttpReq, incomingState, latest,
  };
})
