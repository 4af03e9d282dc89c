// Fetch apps: a module whose default export has `fetch(request, env, context)` routes by itself. It gets every request below
// its mount and answers with a Response; one that `upgradeWebSocket` made opens the WebSocket that was asked for.
(function (host) {
  "use strict";

  const TICKET = "x-sigil-upgrade"; // the response header that names an upgrade, through every middleware that copies it
  const EVENTS = ["onOpen", "onMessage", "onClose", "onError"];
  const TICKET_MS = 60_000; // how long the fetch that made an upgrade may take to return it
  const pending = new Map(); // ticket -> { events, protocol, until }, oldest first

  const { stringify } = JSON;
  const { randomUUID } = crypto;
  let granted; // the variables of the environment are members of Environment once it is used
  let target; // the default export

  /** Says yes to a WebSocket handshake: the answer to return from fetch. */
  function upgradeWebSocket(request, events, options = {}) {
    if (!asksForWebSocket(request)) throw new TypeError("the request does not ask for a WebSocket: see its Upgrade header first");
    for (const name of EVENTS) {
      const handler = events?.[name];
      if (handler !== undefined && handler !== null && typeof handler !== "function") throw new TypeError(`${name} is a function, not ${host.show(handler)}`);
    }
    const ticket = randomUUID.call(crypto), now = Date.now();
    for (const [old, { until }] of pending) {
      if (until > now) break;
      pending.delete(old);
    }
    pending.set(ticket, { events: events ?? {}, protocol: chooseProtocol(request, options?.protocol), until: now + TICKET_MS });
    return new Response(null, { status: 101, headers: { [TICKET]: ticket } });
  }

  const asksForWebSocket = (request) => request.headers.get("upgrade")?.trim().toLowerCase() === "websocket";

  /** One of the offered subprotocols or none: the first of them that is wanted, or simply the first. */
  function chooseProtocol(request, wanted) {
    const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim()).filter(Boolean);
    if (wanted === undefined || wanted === null || wanted === "") return offered[0] ?? "";
    const list = [wanted].flat();
    return offered.find((name) => list.includes(name)) ?? "";
  }

  /** The upgrade that a response stands for; undefined if it is none. */
  function redeem(response) {
    const ticket = response.headers.get(TICKET);
    const upgrade = ticket === null ? undefined : pending.get(ticket);
    pending.delete(ticket);
    return upgrade;
  }

  // --- calling the app ------------------------------------------------------------------------------------------------

  /** What fetch gets as its second argument: made for each request, so little is done before it is asked. */
  class Environment {
    constructor(app, remoteAddress) {
      this.app = app;
      this.remoteAddress = remoteAddress;
    }
    get name() { return this.app.name; }
    get generation() { return this.app.generation; }
    get config() { return this.app.config; }
    get env() { return this.app.env; }
    get log() { return this.app.log; }
  }

  class Context {
    get props() {
      Object.defineProperty(this, "props", { value: {}, writable: true, enumerable: true, configurable: true });
      return this.props;
    }
    waitUntil(promise) { Promise.resolve(promise).catch((error) => host.report(error)); }
    passThroughOnException() {}
  }

  function checked(response) {
    if (!(response instanceof Response)) throw new TypeError(`fetch answered with ${host.show(response)}, not with a Response`);
    return response;
  }

  function dispatch(app, request) {
    granted ??= Object.setPrototypeOf(Environment.prototype, app.env); // c.env.MAIL_KEY, as other servers have it
    const response = target.fetch(request, new Environment(app, request.remoteAddress), new Context());
    return response instanceof Promise ? response.then(checked) : checked(response);
  }

  /** The HTTP route: `this` is the app's object. */
  function answer(request) { return dispatch(this, request); }

  /** Asks fetch about a handshake: [refusal, user as JSON, upgrade, subprotocol, headers]. */
  async function admit(app, request) {
    let response;
    try {
      response = await dispatch(app, request);
    } catch (error) {
      return [host.encodeThrown(error)];
    }
    const upgrade = redeem(response);
    if (upgrade === undefined) return [host.encode(response)];
    response.headers.delete(TICKET);
    return [undefined, stringify(request.user), upgrade, upgrade.protocol, [...response.headers]];
  }

  // --- the connection -------------------------------------------------------------------------------------------------

  /** The WebSocket route: runs once with the upgrade that let the connection in, and without it after a reload. */
  function open(ws, upgrade) {
    return upgrade === undefined ? reopen(this, ws) : attach(ws, upgrade.events);
  }

  /** After a reload the new code is asked as it was for the handshake, so that it has handlers of its own. */
  async function reopen(app, ws) {
    const upgrade = redeem(await dispatch(app, host.handshake(ws)));
    if (upgrade === undefined) return ws.close(1012, "the new code does not take this WebSocket");
    return attach(ws, upgrade.events);
  }

  function attach(ws, events) {
    const call = (name, event) => events[name]?.(event, ws);
    if (events.onMessage) {
      ws.onMessage((data) => call("onMessage", { type: "message", data, target: ws }));
      ws.onBinary((data) => call("onMessage", { type: "message", data, target: ws }));
    }
    if (events.onClose) ws.onClose((code, reason) => call("onClose", { type: "close", code, reason, wasClean: code !== 1006, target: ws }));
    if (events.onError) ws.onError((message) => call("onError", { type: "error", message, error: new Error(message), target: ws }));
    return opened(ws, call);
  }

  /** An exception in onOpen is told like that of any handler; the connection stays. */
  function opened(ws, call) {
    const result = host.attempt(ws, () => call("onOpen", { type: "open", target: ws }));
    return result instanceof Promise ? result.catch((error) => host.fail(ws, error)) : undefined;
  }

  // --- what the host asks -----------------------------------------------------------------------------------------------

  /** The routes of a module that is a fetch app; undefined if it is none. */
  function describe(exports) {
    const candidate = exports.default;
    if (candidate === null || typeof candidate !== "object" || typeof candidate.fetch !== "function") return undefined;
    target = candidate;
    const site = new TypeError();
    const route = { label: "fetch", name: "fetch", path: "/*", whole: true, guards: [], site };
    return {
      api: {}, start: [], stop: [],
      routes: [
        { ...route, kind: "http", verbs: [], method: answer },
        { ...route, ...host.socketOptions(exports.websocket ?? {}), kind: "websocket", method: open },
      ],
    };
  }

  return { globals: { upgradeWebSocket }, describe, admit };
})
