// connect, request, the clock and what else reaches the apps. The host's functions return promises unless said otherwise.
(host) => {
  const toBytes = (data) => data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const isBytes = (data) => data instanceof ArrayBuffer || ArrayBuffer.isView(data);
  const site = () => new Error(); // made where the author calls, thrown later
  const failed = (error, message, name) => {
    error.message = message;
    if (name) Object.defineProperty(error, "name", { value: name, configurable: true });
    return error;
  };
  // placed has what a promise rejects with stand where the author's call is.
  const placed = (error, promise) => promise.catch((cause) => {
    for (const key of ["status", "body"]) if (cause[key] !== undefined) error[key] = cause[key];
    throw failed(error, cause.message, cause.name);
  });

  // --- addresses and headers ---

  const base = "http://localhost";

  function urlOf(path, query) {
    const url = new URL(String(path), base);
    for (const [name, value] of Object.entries(query ?? {})) {
      for (const one of [value].flat()) url.searchParams.append(name, String(one));
    }
    return url;
  }

  const cookieHeader = (cookies) => Object.entries(cookies).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; ");

  function headerPairs(headers, cookies) {
    const made = new Headers(headers);
    if (cookies) made.append("cookie", cookieHeader(cookies));
    return [...made];
  }

  // --- a connection ---

  class Client {
    #handle; #unread = []; #waiting = []; #end; #state = "open"; #asked = new Map(); #lastCall = 0;
    frames = [];

    constructor(handle, { path, protocol, headers }) {
      this.#handle = handle;
      Object.assign(this, { path, protocol, headers: new Headers(headers) });
      this.closed = new Promise((resolve) => { this.#end = resolve; });
    }

    get messages() { return this.frames.filter((frame) => frame.type !== "close").map((frame) => frame.data); }
    get last() { return this.messages.at(-1); }
    get unread() { return this.#unread.length; }
    get readyState() { return { open: 1, closing: 2, closed: 3 }[this.#state]; }
    get isOpen() { return this.#state === "open"; }

    // receive is the host's: a text, bytes, or the end.
    receive(frame) {
      this.frames.push(frame);
      if (frame.type === "close") {
        this.#state = "closed";
        this.#end({ code: frame.code, reason: frame.reason });
        for (const { reject, error, method } of this.#asked.values()) reject(failed(error, `the connection was closed${this.#why()} before ${method} was answered`));
        this.#asked.clear();
      } else if (!this.#answered(frame.data)) {
        this.#unread.push(frame.data);
      }
      this.#deliver();
    }

    // answered takes the answers of call.
    #answered(data) {
      if (!this.#asked.size || typeof data !== "string" || !data.startsWith("{")) return false;
      let message;
      try { message = JSON.parse(data); } catch { return false; }
      const call = this.#asked.get(message.id);
      if (!call || message.method !== undefined) return false;
      this.#asked.delete(message.id);
      if (!message.error) call.resolve(message.result);
      else call.reject(failed(Object.assign(call.error, { code: message.error.code, data: message.error.data }), message.error.message, "RpcError"));
      return true;
    }

    call(method, ...params) {
      const id = `call:${++this.#lastCall}`, error = site();
      return new Promise((resolve, reject) => {
        this.#asked.set(id, { resolve, reject, error, method });
        this.send({ jsonrpc: "2.0", id, method, params: method.startsWith("$/") ? params[0] : params });
      });
    }

    #deliver() {
      while (this.#waiting.length && this.#unread.length) this.#waiting.shift().resolve(this.#unread.shift());
      if (this.#state === "closed") while (this.#waiting.length) this.#waiting.shift().ended();
    }

    send(data) {
      if (this.#state !== "open") throw new Error(`the connection to ${this.path} is closed${this.#why()}: nothing can be sent on it`);
      if (isBytes(data)) host.sendBytes(this.#handle, toBytes(data));
      else host.send(this.#handle, typeof data === "string" ? data : JSON.stringify(data));
      return this;
    }

    #why() {
      const end = this.frames.at(-1);
      return end?.type === "close" ? ` (${end.code}${end.reason ? ` ${JSON.stringify(end.reason)}` : ""})` : "";
    }

    next(options) { return this.#next(site(), options); }

    #next(error, { timeout = 2000 } = {}) {
      if (this.#unread.length) return Promise.resolve(this.#unread.shift());
      if (this.#state === "closed") return Promise.reject(failed(error, `the connection to ${this.path} was closed${this.#why()} and has no more messages`));
      return new Promise((resolve, reject) => {
        const limit = host.milliseconds(timeout);
        const timer = host.setTimeout(() => {
          this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
          reject(failed(error, `no message came on ${this.path} within ${limit} ms${this.#sofar()}${host.hint()}`, "TimeoutError"));
        }, limit);
        const waiter = {
          resolve: (data) => { host.clearTimeout(timer); resolve(data); },
          ended: () => { host.clearTimeout(timer); reject(failed(error, `the connection to ${this.path} was closed${this.#why()} before another message came`)); },
        };
        this.#waiting.push(waiter);
      });
    }

    #sofar() {
      const all = this.messages.slice(-3).map((data) => typeof data === "string" ? JSON.stringify(data.length > 80 ? data.slice(0, 77) + "..." : data) : `${data.length} bytes`);
      return all.length ? `; before, there were ${this.messages.length}: ${this.messages.length > 3 ? "..., " : ""}${all.join(", ")}` : "; there was none before";
    }

    async nextJSON(options) {
      const error = site();
      const data = await this.#next(error, options);
      return this.#parse(error, data);
    }

    #parse(error, data) {
      try {
        return JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data));
      } catch (cause) {
        throw failed(error, `the message is no JSON: ${JSON.stringify(String(data).slice(0, 200))}`);
      }
    }

    async until(wanted, options) {
      const error = site();
      for (;;) {
        const data = await this.#next(error, options);
        let value = data;
        if (typeof data === "string") try { value = JSON.parse(data); } catch { /* a text */ }
        if (typeof wanted === "function" ? wanted(value, data) : host.matches(value, wanted)) return value;
      }
    }

    clear() {
      this.#unread.length = 0;
      this.frames = this.frames.filter((frame) => frame.type === "close");
      return this;
    }

    close(code, reason) {
      if (this.#state === "open") {
        this.#state = "closing";
        host.close(this.#handle, code ?? 1000, reason ?? "");
      }
      return this.closed;
    }

    // drop loses the connection without a word, as a network does.
    drop() {
      if (this.#state !== "closed") host.drop(this.#handle);
      return this.closed;
    }

    [Symbol.asyncIterator]() {
      const next = async () => {
        if (!this.#unread.length && this.#state === "closed") return { done: true, value: undefined };
        try {
          return { done: false, value: await this.#next(site(), { timeout: "1h" }) };
        } catch (error) {
          if (this.#state === "closed") return { done: true, value: undefined };
          throw error;
        }
      };
      return { next, return: async (value) => ({ done: true, value }), [Symbol.asyncIterator]() { return this; } };
    }

    [Symbol.asyncDispose]() { return this.close(); }
  }

  function connect(path, options = {}) {
    const { protocols = [], headers, cookies, query, address, listener } = options;
    const error = site(), url = urlOf(path, query);
    let client;
    const early = [];
    const receive = (frame) => client ? client.receive(frame) : early.push(frame);
    return placed(error, host.connect({
      url: url.href, headers: headerPairs(headers, cookies), protocols: [protocols].flat(), address: address ?? "", listener: listener ?? "", receive,
    }).then((made) => {
      client = new Client(made.handle, { path: url.pathname + url.search, protocol: made.protocol, headers: made.headers });
      early.splice(0).forEach(receive);
      return client;
    }));
  }

  // --- requests ---

  function requestOf(input, init = {}) {
    const { json, cookies, query, address, listener, form, ...rest } = init;
    if (json !== undefined) rest.body = JSON.stringify(json);
    if (form !== undefined) rest.body = new URLSearchParams(form);
    if (rest.body !== undefined && rest.body !== null) rest.method ??= "POST";
    const headers = new Headers(rest.headers ?? (input instanceof Request ? input.headers : undefined));
    if (json !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
    if (cookies) headers.append("cookie", cookieHeader(cookies));
    if (rest.body instanceof ReadableStream) rest.duplex = "half";
    return new Request(input instanceof Request ? input : urlOf(input, query), { ...rest, headers });
  }

  async function request(input, init) {
    const error = site();
    const made = requestOf(input, init);
    const cookies = init?.cookies ? [["cookie", cookieHeader(init.cookies)]] : []; // a Request may not have them
    const body = made.body === null ? null : new Uint8Array(await made.arrayBuffer());
    const headers = [...[...made.headers].filter(([name]) => name !== "cookie" || !cookies.length), ...cookies];
    const answer = await placed(error, host.request({ method: made.method, url: made.url, headers, body, address: init?.address ?? "", listener: init?.listener ?? "" }));
    made.signal.addEventListener("abort", () => host.cancel(answer.handle));
    return responseOf(answer, made.method);
  }

  function responseOf({ handle, status, headers }, method) {
    const empty = [204, 205, 304].includes(status) || method === "HEAD";
    const body = empty ? null : new ReadableStream({
      async pull(controller) {
        const chunk = await host.read(handle);
        if (chunk) controller.enqueue(new Uint8Array(chunk));
        else controller.close();
      },
      cancel() { host.cancel(handle); },
    }, { highWaterMark: 0 });
    return new Response(body, { status, headers });
  }

  // events reads a stream of server-sent events.
  function events(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const ready = [];
    let rest = "", event = {};
    const line = (text) => {
      if (text === "") {
        if (event.data !== undefined) ready.push({ event: "message", ...event });
        event = {};
        return;
      }
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(text);
      if (name === "data") event.data = event.data === undefined ? value : event.data + "\n" + value;
      else if (name === "event" || name === "id") event[name] = value;
    };
    const next = async () => {
      while (!ready.length) {
        const { done, value } = await reader.read();
        if (done) return { done, value: undefined };
        const lines = (rest + value).split(/\r\n|\n|\r/);
        rest = lines.pop();
        lines.forEach(line);
      }
      return { done: false, value: ready.shift() };
    };
    const end = async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    };
    return { next, return: end, [Symbol.asyncIterator]() { return this; } };
  }

  // --- the clock, and the rest of the world ---

  const clock = Object.freeze({
    now: () => host.now(),
    advance: (duration) => placed(site(), host.advance(duration === 0 ? 0 : host.milliseconds(duration))),
    set: (time) => {
      const at = time instanceof Date ? time.getTime() : typeof time === "number" ? time : Date.parse(time);
      if (Number.isNaN(at)) throw new TypeError(`clock.set takes a date, not ${JSON.stringify(time)}`);
      return placed(site(), host.set(at));
    },
    settle: () => placed(site(), host.settle()),
  });

  const handlers = [];
  const fits = (pattern, url) => pattern instanceof RegExp ? pattern.test(url) : typeof pattern === "function" ? pattern(url) : pattern.endsWith("*") ? url.startsWith(pattern.slice(0, -1)) : url === pattern || url.split(/[?#]/)[0] === pattern;

  const outside = Object.freeze({
    requests: [],
    on(pattern, handler) {
      handlers.unshift({ pattern, handler });
      host.answers(true);
      return outside;
    },
    reset() {
      handlers.length = outside.requests.length = 0;
      host.answers(false);
      return outside;
    },
  });

  // answer is asked by the host for what an app fetches.
  async function answer(method, url, headers, body) {
    const made = new Request(url, { method, headers, body: ["GET", "HEAD"].includes(method) ? undefined : body });
    outside.requests.push(made.clone());
    const found = handlers.find(({ pattern }) => fits(pattern, url));
    if (!found) throw new TypeError(`the app asks for ${method} ${url}, and no outside.on answers that`);
    let result = typeof found.handler === "function" ? await found.handler(made) : found.handler;
    if (!(result instanceof Response)) result = typeof result === "string" ? new Response(result) : result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
    else if (typeof found.handler !== "function") result = result.clone();
    return [result.status, [...result.headers], new Uint8Array(await result.arrayBuffer())];
  }

  const named = (change) => (name) => placed(site(), change(String(name)));

  return {
    names: {
      connect, request, events, clock, outside,
      configure: (name, values) => placed(site(), host.configure(String(name), JSON.stringify(values ?? {}))),
      start: named(host.start), restart: named(host.restart), reload: named(host.reload), fresh: () => placed(site(), host.fresh()),
    },
    answer,
  };
}
