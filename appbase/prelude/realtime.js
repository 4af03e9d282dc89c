// The annotations of the realtime parts: topics, event handlers, @Rpc methods and the endpoint they share. Like all
// annotations they only take notes; `describe` adds to what the class declares.
(function (host) {
  "use strict";

  const { methodAnnotation, noteMember, checkOptions, checkMethod, pathOf, guardsOf, socketOptions, TOLD, schemaText, describe: describeRoutes, failAt, fail, isObject } = host.kit;
  const SOCKET_OPTIONS = ["protocols", "origins", "limits", "compress", ...TOLD];

  /** A schema for the documents. */
  const told = (label, part, schema, sent) => schema === undefined ? undefined : schemaText(label, part, schema, sent);

  // --- topics -----------------------------------------------------------------------------------------------------------

  const TOPIC_OPTIONS = ["history", "ttl", "presence", "grace", "authorize", "publish", "data", "summary", "description"];
  const MAX_HISTORY = 10000;

  /** @Topic("room:*", { history, ttl, presence, authorize, publish }) on the class, or on the method that authorizes. */
  function Topic(pattern, options = {}) {
    if (typeof pattern !== "string") fail(`@Topic takes the name of a topic, or a pattern such as "room:*", not ${host.show(pattern)}`);
    host.checkTopic(pattern);
    if (!isObject(options)) fail(`@Topic("${pattern}"): options are an object, not ${host.show(options)}`);
    const label = `@Topic("${pattern}")`;
    checkOptions(label, options, TOPIC_OPTIONS);
    const { history = 0, presence = false, authorize = true, publish = false } = options;
    if (!Number.isSafeInteger(history) || history < 0 || history > MAX_HISTORY) fail(`${label}: history is a whole number of 0 to ${MAX_HISTORY}, not ${host.show(history)}`);
    if (typeof presence !== "boolean") fail(`${label}: presence is true or false, not ${host.show(presence)}`);
    if (typeof authorize !== "boolean" && typeof authorize !== "function") fail(`${label}: authorize is a function, true or false, not ${host.show(authorize)}`);
    if (typeof publish !== "boolean" && typeof publish !== "function") fail(`${label}: publish is a function, true or false, not ${host.show(publish)}`);
    const note = {
      label, pattern, history, presence, publish,
      ttl: options.ttl === undefined ? 0 : host.span(`${label}: ttl`, options.ttl),
      grace: options.grace === undefined ? 0 : host.span(`${label}: grace`, options.grace),
      data: told(label, "data", options.data, true), summary: options.summary, description: options.description,
    };
    return (value, context) => {
      if (context.kind === "class") return noteMember(context, { kind: "topic", ...note, authorize });
      checkMethod(label, context);
      if (options.authorize !== undefined) fail(`${label}: the method ${String(context.name)} authorizes; leave the option out`);
      noteMember(context, { kind: "topic", ...note, authorize: value });
    };
  }

  // --- events -----------------------------------------------------------------------------------------------------------

  const onEvent = (event, label, allowed = ["path"]) => methodAnnotation(label, allowed, (options) => {
    const { path = "/ws", guard, ...socket } = options;
    return { kind: "event", event, at: pathOf({ path }), socket, guards: guardsOf(label, guard) };
  }, "path");

  const OnConnect = onEvent("connect", "@OnConnect", ["path", "guard", ...SOCKET_OPTIONS]);
  const OnMessage = onEvent("message", "@OnMessage", ["path", "receives"]);
  const OnBinary = onEvent("binary", "@OnBinary");
  const OnDisconnect = onEvent("disconnect", "@OnDisconnect");

  /** The object that event handlers get. What is on the prototype is looked up when it is asked for. */
  class SocketEvent {
    constructor() { fail("events are made by the server"); }
    get connection() { return host.connection(this.connectionId); }
    get [Symbol.toStringTag]() { return "SocketEvent"; }
  }

  /** One route for each path that events name. */
  function eventRoutes(members, guardsFor) {
    const routes = new Map();
    for (const m of members.filter((m) => m.kind === "event")) {
      const route = routes.get(m.at) ?? { kind: "websocket", style: 1, label: m.label, name: m.name, site: m.site, path: m.at, reload: "reattach", socket: {}, guards: [], handlers: { connect: [], message: [], binary: [], disconnect: [] } };
      routes.set(m.at, route);
      route.handlers[m.event].push(m.method);
      for (const key of Object.keys(m.socket)) {
        if (Object.hasOwn(route.socket, key)) failAt(m.site, `${m.label} on ${m.name}: ${key} of ${m.at} is set twice`);
      }
      Object.assign(route.socket, m.socket);
      route.guards.push(...guardsFor(m).filter((guard) => !route.guards.includes(guard)));
    }
    return [...routes.values()].map(({ socket, ...route }) => ({ ...route, ...socketOptions(socket), reload: "reattach" }));
  }

  // --- the realtime endpoint ----------------------------------------------------------------------------------------------

  const Rpc = methodAnnotation("@Rpc", ["name", "timeout", "params", "result", "summary", "description"], (options, method) => {
    const name = options.name ?? method;
    if (typeof name !== "string" || name === "" || name.startsWith("$/") || name.startsWith("rpc.")) {
      fail(`@Rpc: name is a text that does not begin with "$/" or "rpc.", not ${host.show(name)}`);
    }
    return {
      kind: "rpc", rpc: name, timeout: options.timeout === undefined ? 30000 : host.span("@Rpc: timeout", options.timeout),
      summary: options.summary, description: options.description,
      params: told("@Rpc", "params", options.params, false), result: told("@Rpc", "result", options.result, true),
    };
  }, "name");

  const REALTIME_OPTIONS = ["path", "guard", "resume", ...SOCKET_OPTIONS];

  /** @Realtime({ path, guard, resume, ... }) on the class: where the endpoint is and what it takes. */
  function Realtime(options = {}) {
    if (!isObject(options)) fail(`@Realtime takes an object of options, not ${host.show(options)}`);
    checkOptions("@Realtime", options, REALTIME_OPTIONS);
    const { path = "/live", guard, resume, ...socket } = options;
    if (socket.limits?.overflow !== undefined) fail("@Realtime: limits.overflow cannot be chosen: publications that have no room are caught up with");
    const note = {
      kind: "realtime", label: "@Realtime", at: pathOf({ path }), socket: socketOptions(socket), guards: guardsOf("@Realtime", guard),
      resume: resume === undefined ? undefined : resume === 0 ? 0 : host.span("@Realtime: resume", resume),
    };
    return (value, context) => {
      if (context.kind !== "class") fail(`@Realtime belongs on the class, not on ${String(context.name)}`);
      noteMember(context, note);
    };
  }

  const onPresence = (kind, label) => (pattern) => {
    if (typeof pattern !== "string") fail(`${label} takes the pattern of a topic, not ${host.show(pattern)}`);
    return (method, context) => {
      checkMethod(label, context);
      noteMember(context, { kind, label, pattern, method });
    };
  };
  const OnJoin = onPresence("join", "@OnJoin");
  const OnLeave = onPresence("leave", "@OnLeave");

  /** What a method marked @Rpc or an authorizing method throws to answer with an error of its own. */
  class RpcError extends Error {
    constructor(code, message, data) {
      super(message);
      if (!Number.isSafeInteger(code)) throw new TypeError(`the code of an RpcError is a whole number, not ${host.show(code)}`);
      if (code >= -32768 && code <= -32000) throw new RangeError(`the codes -32768 to -32000 are reserved (JSON-RPC 2.0, 5.1)`);
      this.code = code;
      this.data = data;
    }
    get name() { return "RpcError"; }
  }

  /** The first argument of @Rpc methods: who calls, and whether the answer is still wanted. */
  class RpcCall {
    #connection; #cancelled = undefined; #listeners = [];
    constructor(connection) { this.#connection = connection; }
    get connection() { return this.#connection; }
    get user() { return this.#connection.user; }
    get cancelled() { return this.#cancelled; }
    onCancel(listener) {
      if (typeof listener !== "function") throw new TypeError("onCancel takes a function");
      if (this.#cancelled === undefined) this.#listeners.push(listener); else listener(this.#cancelled);
    }
    static cancel(call, reason) {
      if (call.#cancelled !== undefined) return;
      call.#cancelled = reason;
      for (const listener of call.#listeners.splice(0)) listener(reason);
    }
  }
  const cancelCall = RpcCall.cancel;
  delete RpcCall.cancel;

  /** What an exception is answered with: [code, message, data as JSON] of an RpcError, else undefined. */
  const errorOf = (error) => error instanceof RpcError ? [error.code, error.message, error.data === undefined ? undefined : JSON.stringify(error.data)] : undefined;

  async function answer(call) {
    try {
      return [undefined, await call()];
    } catch (error) {
      const own = errorOf(error);
      if (own === undefined) throw error;
      return [own];
    }
  }

  /** Runs an @Rpc method, or whatever decides on a topic: a promise of [error of its own, result]. */
  const invoke = (app, method, ...args) => answer(() => method.apply(app, args));

  function liveRoute(members, guards) {
    const given = members.filter((m) => m.kind === "realtime");
    const first = given[0] ?? members.find((m) => m.kind === "rpc" || m.kind === "topic");
    if (first === undefined) return [];
    if (given.length > 1) failAt(given[1].site, "@Realtime stands twice on the class");
    const { at = "/live", socket = socketOptions({}), guards: own = [] } = given[0] ?? {};
    return [{ kind: "websocket", style: 2, label: first.label, name: "(realtime)", site: first.site, path: at, ...socket, reload: "reattach", guards: [...guards, ...own] }];
  }

  function checkRealtime(members) {
    const seen = new Map();
    for (const m of members) {
      const key = m.kind === "rpc" ? "rpc " + m.rpc : m.kind === "topic" ? "topic " + m.pattern : undefined;
      if (key === undefined) continue;
      if (seen.has(key)) failAt(m.site, `${m.label}: ${m.rpc ?? m.pattern} is declared twice`);
      seen.set(key, m);
    }
    for (const m of members.filter((m) => m.kind === "join" || m.kind === "leave")) {
      if (!members.some((t) => t.kind === "topic" && t.pattern === m.pattern && t.presence)) {
        failAt(m.site, `${m.label}("${m.pattern}") on ${m.name}: no @Topic("${m.pattern}", { presence: true }) is declared`);
      }
    }
  }

  /** What the class declares, with the realtime parts. */
  function describe(Class, AppBase, wanted) {
    const notes = describeRoutes(Class, AppBase, wanted);
    const { members, classGuards } = notes;
    checkRealtime(members);
    const named = (kind) => members.filter((m) => m.kind === kind);
    const guardsFor = (m) => [...classGuards, ...named("guard").filter((g) => g.name === m.name).flatMap((g) => g.guards), ...m.guards];
    notes.routes.push(...eventRoutes(members, guardsFor), ...liveRoute(members, classGuards));
    return { ...notes, topics: named("topic"), rpcs: named("rpc"), joins: named("join"), leaves: named("leave"), resume: named("realtime")[0]?.resume };
  }

  return {
    globals: { Topic, Rpc, Realtime, RpcError, OnConnect, OnMessage, OnBinary, OnDisconnect, OnJoin, OnLeave },
    describe, invoke, cancelCall, newCall: (connection) => new RpcCall(connection), eventPrototype: SocketEvent.prototype,
  };
})
