// The annotations: TC39 decorators that only take notes. What they note stands in the class's own metadata, and
// `describe` reads it once the class is whole. Nothing here makes a method reachable; the route table does.
(function (host) {
  "use strict";

  const NOTES = Symbol("sigil.annotations");
  const appClasses = new Set(); // classes marked @Api, exported or not
  let annotated = 0; // annotated members of any class: tells "no class" from "class not exported"

  const fail = (message) => { throw new TypeError(message); };
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  /** The notes of the class being defined: its own, never its parent's. */
  function notesOf(metadata) {
    if (!Object.hasOwn(metadata, NOTES)) {
      Object.defineProperty(metadata, NOTES, { value: { api: undefined, guards: [], members: [], place: host.place() } });
    }
    return metadata[NOTES];
  }

  function checkMethod(label, context) {
    const name = String(context.name);
    if (context.kind !== "method") fail(`${label} belongs on a method; ${name} is a ${context.kind}`);
    if (context.static) fail(`${label} on ${name}: a static method cannot be called by the server`);
    if (context.private) fail(`${label} on ${name}: a #private method cannot be called by the server`);
    if (typeof context.name === "symbol") fail(`${label} on ${name}: the method needs a name of letters`);
  }

  function checkOptions(label, options, allowed) {
    for (const key of Object.keys(options)) {
      if (!allowed.includes(key)) fail(`${label} does not know the option "${key}"; it takes ${allowed.join(", ")}`);
    }
    return options;
  }

  /**
   * Makes an annotation of methods that may stand bare (`@Get`) or be called (`@Get("/x")`, `@Get({ path: "/x" })`).
   * read(options) checks what was written and returns the note.
   */
  function methodAnnotation(label, allowed, read, textOption) {
    return (...args) => {
      const first = args[0], context = args[1], bare = isObject(context) && "kind" in context;
      if (bare && typeof first !== "function") fail(`${label} belongs on a method; ${String(context.name)} is a ${context.kind}`);
      if (bare) return noteMethod(label, read, {}, first, context);
      const options = methodOptions(label, allowed, args, textOption);
      return (method, context) => noteMethod(label, read, options, method, context);
    };
  }

  function noteMethod(label, read, options, method, context) {
    checkMethod(label, context);
    annotated++;
    const site = new TypeError(); // knows where the annotation stands
    notesOf(context.metadata).members.push({ label, name: context.name, method, site, ...read(options, context.name) });
  }

  function methodOptions(label, allowed, args, textOption) {
    const first = args[0];
    if (args.length > 1) fail(`${label} takes one argument`);
    if (typeof first === "string" && textOption) return { [textOption]: first };
    if (first === undefined) return {};
    if (!isObject(first)) fail(`${label} takes ${textOption ? "a text or " : ""}an object of options, not ${host.show(first)}`);
    return checkOptions(label, first, allowed);
  }

  /** Notes a member where its annotation stands. */
  function noteMember(context, note) {
    annotated++;
    notesOf(context.metadata).members.push({ name: context.name, site: new TypeError(), ...note });
  }

  const pathOf = (options, name) => {
    const path = options.path ?? (name === "index" ? "/" : "/" + name);
    if (typeof path !== "string") fail(`path must be a text, not ${host.show(path)}`);
    host.checkPath(path);
    return path;
  };

  const listenerOf = (label, name) => {
    if (name !== undefined && !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) fail(`${label}: listener is a name, such as "control", not ${host.show(name)}`);
    return name;
  };

  const guardsOf = (label, guard) => {
    const list = guard === undefined ? [] : Array.isArray(guard) ? guard : [guard];
    for (const g of list) if (typeof g !== "function") fail(`${label}: a guard is a function, not ${host.show(g)}`);
    return list;
  };

  const textList = (label, key, value) => {
    const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
    for (const text of list) if (typeof text !== "string" || !text) fail(`${label}: ${key} is a list of texts, not ${host.show(value)}`);
    return list;
  };

  // --- routes -------------------------------------------------------------------------------------------------------

  const RELOADS = ["reattach", "restart", "drain"];

  const isCount = (n) => (Number.isSafeInteger(n) && n > 0 ? n : undefined);
  const isOneOf = (...words) => Object.assign((word) => (words.includes(word) ? word : undefined), { wanted: "one of " + words.join(", ") });
  isCount.wanted = "a whole number above 0";
  const isTime = (value) => host.time(value); // in nanoseconds
  isTime.wanted = 'a duration of 10 ms to 24 h, such as "30s"';

  /** What limits there are, and what reads each of them: undefined is refused. */
  const SOCKET_LIMITS = {
    messageBytes: isCount, fragments: isCount, queueBytes: isCount, overflow: isOneOf("close", "drop-oldest", "drop-newest"),
    backlogMessages: isCount, backlogBytes: isCount, messagesPerSecond: isCount, rateExceeded: isOneOf("wait", "close"),
    sendBufferBytes: isCount, pingAfter: isTime, pongWithin: isTime, writeStall: isTime, closeWithin: isTime, messageIdle: isTime,
  };
  const APP_LIMITS = { ...SOCKET_LIMITS, connections: isCount, bodyBytes: isCount, responseTime: isTime };

  function limitsOf(label, limits, known) {
    if (!isObject(limits)) fail(`${label}: limits is an object, not ${host.show(limits)}`);
    checkOptions(label + " limits", limits, Object.keys(known));
    const read = {};
    for (const [key, value] of Object.entries(limits)) {
      if (value === undefined) continue;
      read[key] = known[key](value);
      if (read[key] === undefined) fail(`${label}: limits.${key} is ${known[key].wanted}, not ${host.show(value)}`);
    }
    return read;
  }

  const TOLD = ["summary", "description", "receives", "sends"]; // for the documents only
  const SOCKET_OPTIONS = ["protocols", "origins", "limits", "compress", "reload", ...TOLD];

  const COMPRESSION = ["contextTakeover", "minBytes", "level"];

  /** compress: true, false or the details. */
  function compression(value) {
    if (typeof value === "boolean") return { enabled: value };
    if (!isObject(value)) fail(`@Websocket: compress is true, false or an object with ${COMPRESSION.join(", ")}, not ${host.show(value)}`);
    const { contextTakeover = false, minBytes = 0, level = 0 } = checkOptions("@Websocket compress", value, COMPRESSION);
    if (typeof contextTakeover !== "boolean") fail(`@Websocket: compress.contextTakeover is true or false, not ${host.show(contextTakeover)}`);
    if (!Number.isSafeInteger(minBytes) || minBytes < 0) fail(`@Websocket: compress.minBytes is a number of bytes, not ${host.show(minBytes)}`);
    if (!Number.isInteger(level) || level < 0 || level > 9) fail(`@Websocket: compress.level is 1 (fast) to 9 (small), not ${host.show(level)}`);
    return { enabled: true, contextTakeover, minBytes, level };
  }

  /** What a document says of a WebSocket and its messages. */
  function told(label, { summary, description, receives, sends }) {
    for (const text of [summary, description]) if (text !== undefined && typeof text !== "string") fail(`${label}: summary and description are texts, not ${host.show(text)}`);
    const messages = receives === undefined && sends === undefined ? undefined : host.validation().messages(label, { receives, sends });
    return { summary, description, messages };
  }

  /** What @Websocket takes beside path and guard. */
  function socketOptions(options) {
    const reload = options.reload ?? "reattach";
    if (!RELOADS.includes(reload)) fail(`@Websocket: reload is one of ${RELOADS.join(", ")}, not ${host.show(reload)}`);
    const compress = compression(options.compress ?? false);
    return {
      reload, compress, ...told("@Websocket", options),
      protocols: textList("@Websocket", "protocols", options.protocols),
      origins: textList("@Websocket", "origins", options.origins),
      limits: limitsOf("@Websocket", options.limits ?? {}, SOCKET_LIMITS),
    };
  }

  const Websocket = methodAnnotation("@Websocket", ["path", "guard", ...SOCKET_OPTIONS, "listener"], (options, name) => ({
    kind: "websocket", path: pathOf(options, name), listener: listenerOf("@Websocket", options.listener), ...socketOptions(options), guards: guardsOf("@Websocket", options.guard),
  }), "path");

  const HTTP_OPTIONS = ["path", "summary", "description", "guard", "params", "query", "headers", "cookies", "body", "response", "status", "listener"];
  const VALIDATED = ["params", "query", "headers", "cookies", "body"];
  const isChecked = (options) => VALIDATED.some((part) => options[part] !== undefined);
  const validators = (label, options) => isChecked(options) ? host.validation().validators(label, options) : [];
  const schemas = (label, options) => [...VALIDATED, "response"].some((part) => options[part] !== undefined) ? host.validation().schemas(label, options) : undefined;
  const statusOf = (label, status) => {
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 399)) fail(`${label}: status is that of a success, from 200 to 399, not ${host.show(status)}`);
    return status;
  };
  const httpGuards = (label, options) => [...guardsOf(label, options.guard), ...validators(label, options)];
  const verb = (label, verbs) => methodAnnotation(label, HTTP_OPTIONS, (options, name) => ({
    kind: "http", verbs, path: pathOf(options, name), listener: listenerOf(label, options.listener),
    summary: options.summary, description: options.description, schemas: schemas(label, options), status: statusOf(label, options.status), checks: isChecked(options),
    guards: httpGuards(label, options),
  }), "path");

  const EVENT_LIMITS = { queueBytes: isCount, overflow: isOneOf("close", "drop-oldest") };

  const Sse = methodAnnotation("@Sse", [...HTTP_OPTIONS, "limits"], (options, name) => ({
    kind: "http", events: true, verbs: ["GET"], path: pathOf(options, name), listener: listenerOf("@Sse", options.listener), summary: options.summary, description: options.description,
    schemas: schemas("@Sse", options), checks: isChecked(options), limits: limitsOf("@Sse", options.limits ?? {}, EVENT_LIMITS), guards: httpGuards("@Sse", options),
  }), "path");

  const MISSED = ["skip", "run"];

  /** When a method runs: every so often, or by the clock of a place. */
  function timing(options) {
    const { every, cron, tz, jitter = 0, overlap = false, missed = "skip" } = options;
    if ((every === undefined) === (cron === undefined)) fail("@Scheduled takes either every, such as \"15m\", or cron, such as \"0 9 * * 1-5\"");
    if (cron === undefined && (tz !== undefined || options.missed !== undefined)) fail("@Scheduled: tz and missed belong to cron");
    if (typeof overlap !== "boolean") fail(`@Scheduled: overlap is true or false, not ${host.show(overlap)}`);
    if (!MISSED.includes(missed)) fail(`@Scheduled: missed is one of ${MISSED.join(", ")}, not ${host.show(missed)}`);
    const common = { overlap, missed, jitter: jitter === 0 ? 0 : host.duration(jitter) };
    if (cron === undefined) return { ...common, every: host.duration(every), everyText: String(every) };
    for (const text of [cron, tz ?? ""]) if (typeof text !== "string") fail(`@Scheduled: cron and tz are texts, not ${host.show(text)}`);
    host.checkCron(cron, tz ?? "");
    return { ...common, cron, zone: tz ?? "", everyText: tz ? `${cron} ${tz}` : cron };
  }

  const Scheduled = methodAnnotation("@Scheduled", ["every", "cron", "tz", "jitter", "overlap", "missed", "desc"], (options, name) => ({
    kind: "scheduled", path: "/" + name, ...timing(options), summary: options.desc, guards: [],
  }));

  // --- life cycle, guards, the class ----------------------------------------------------------------------------------

  const OnStart = methodAnnotation("@OnStart", [], () => ({ kind: "start" }));
  const OnStop = methodAnnotation("@OnStop", [], () => ({ kind: "stop" }));

  /** @Observes("messages", { when }): no route; describe hands it to the host. */
  function Observes(repository, options = {}) {
    if (typeof repository !== "string") fail(`@Observes takes the name of a repository, not ${host.show(repository)}`);
    if (!isObject(options)) fail(`@Observes takes an object of options, not ${host.show(options)}`);
    const { when } = checkOptions("@Observes", options, ["when"]);
    if (when !== undefined && typeof when !== "function") fail(`@Observes: when is a function, not ${host.show(when)}`);
    return methodAnnotation("@Observes", [], () => ({ kind: "observes", repository, when }))();
  }

  const RESTARTS = ["always", "on-failure", "never"];
  const LISTENER_OPTIONS = ["name", "autostart", "restart", "backoff", "limit", "stopWithin", "onError", "desc"];

  /** How long to wait before a listener is started again: the first time, doubled each time up to the most. */
  function backoffOf(backoff) {
    const { first = "1s", most = "1m" } = isObject(backoff) ? checkOptions("@Listener: backoff", backoff, ["first", "most"]) : { first: backoff };
    const times = { first: host.span("@Listener: backoff", first), most: host.span("@Listener: backoff.most", most) };
    return { ...times, most: Math.max(times.first, times.most) };
  }

  /** @Listener: no route; describe hands it to the host. */
  const Listener = methodAnnotation("@Listener", LISTENER_OPTIONS, (options, method) => {
    const { name = method, autostart = true, restart = "always", backoff = "1s", limit = Infinity, stopWithin = "5s", onError, desc } = options;
    if (typeof name !== "string" || name === "") fail(`@Listener: name is a text, not ${host.show(name)}`);
    if (typeof autostart !== "boolean") fail(`@Listener: autostart is true or false, not ${host.show(autostart)}`);
    if (!RESTARTS.includes(restart)) fail(`@Listener: restart is one of ${RESTARTS.join(", ")}, not ${host.show(restart)}`);
    if (limit !== Infinity && !(Number.isSafeInteger(limit) && limit >= 0)) fail(`@Listener: limit is how often in a row it is started again, not ${host.show(limit)}`);
    if (onError !== undefined && typeof onError !== "function") fail(`@Listener: onError is a function, not ${host.show(onError)}`);
    const within = host.span("@Listener: stopWithin", stopWithin);
    if (within > 10_000) fail(`@Listener: stopWithin is at most 10s, not ${host.show(stopWithin)}`);
    return { kind: "listener", listens: name, autostart, restart, ...backoffOf(backoff), limit, within, onError, desc };
  }, "name");

  /** The listeners of a class; two of one name are a mistake. */
  function listenersOf(members) {
    const taken = new Set();
    return members.filter((m) => m.kind === "listener").map((m) => {
      if (taken.has(m.listens)) failAt(m.site, `@Listener on ${m.name}: there is a listener "${m.listens}" already`);
      taken.add(m.listens);
      return { ...m, name: m.listens };
    });
  }

  function Guard(...guards) {
    if (guards.length === 0) fail("@Guard takes the function that decides");
    if (guards.every((g) => typeof g === "string")) return guardOf(guards);
    guardsOf("@Guard", guards);
    return (value, context) => {
      const notes = notesOf(context.metadata);
      if (context.kind === "class") {
        notes.guards.unshift(...guards);
        return;
      }
      checkMethod("@Guard", context);
      notes.members.push({ kind: "guard", label: "@Guard", name: context.name, guards, site: new TypeError() });
    };
  }

  /** @Guard("bearerAuth") on a method: it decides for that security scheme of the contract. */
  function guardOf(schemes) {
    return (method, context) => {
      if (context.kind === "class") fail(`@Guard("${schemes[0]}") belongs on the method that decides for the security scheme, not on the class`);
      checkMethod("@Guard", context);
      noteMember(context, { kind: "scheme", label: "@Guard", method, schemes });
    };
  }

  // --- pages of other origins -----------------------------------------------------------------------------------------

  const CORS_OPTIONS = ["origins", "methods", "headers", "credentials", "maxAge", "expose"];
  const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(\*\.)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/;
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

  function corsPolicy(options) {
    const { credentials = false, maxAge = 0 } = options;
    const origins = textList("@Cors", "origins", options.origins).map((origin) => origin.toLowerCase());
    if (origins.length === 0) fail('@Cors: say which pages may read the answers, such as @Cors("https://example.com"), or @Cors("*") for any');
    for (const origin of origins) {
      if (origin !== "*" && !ORIGIN.test(origin)) fail(`@Cors: ${host.show(origin)} is not an origin such as "https://example.com" (no path), "https://*.example.com" or "*"`);
    }
    if (typeof credentials !== "boolean") fail(`@Cors: credentials is true or false, not ${host.show(credentials)}`);
    if (credentials && origins.includes("*")) fail('@Cors: credentials with the origin "*" would let every page in the world act as your users; list the origins');
    if (!Number.isSafeInteger(maxAge) || maxAge < 0 || maxAge > 86400) fail(`@Cors: maxAge is a number of seconds from 0 to 86400, not ${host.show(maxAge)}`);
    return { origins: origins.includes("*") ? ["*"] : origins, credentials, maxAge, methods: tokens("methods", options.methods).map((m) => m.toUpperCase()),
      headers: tokens("headers", options.headers), expose: tokens("expose", options.expose) };
  }

  function tokens(key, value) {
    const list = textList("@Cors", key, value);
    for (const text of list) if (!TOKEN.test(text) || text === "*") fail(`@Cors: ${key}: ${host.show(text)} is not a name`);
    return list;
  }

  function Cors(...args) {
    const [first, context] = args;
    if (isObject(context) && "kind" in context) fail('@Cors has to be told who: @Cors("https://example.com")');
    const options = typeof first === "string" || Array.isArray(first) ? { origins: first } : first;
    if (!isObject(options) || args.length > 1) fail(`@Cors takes an origin, a list of them or an object of options, not ${host.show(first)}`);
    const cors = corsPolicy(checkOptions("@Cors", options, CORS_OPTIONS));
    return (value, { kind, name, metadata, ...rest }) => {
      if (kind === "class") {
        notesOf(metadata).cors = cors;
        return;
      }
      checkMethod("@Cors", { kind, name, ...rest });
      notesOf(metadata).members.push({ kind: "cors", label: "@Cors", name, cors, site: new TypeError() });
    };
  }

  const API_OPTIONS = ["version", "title", "description", "contact", "license", "servers", "limits", "workers", "expose", "hibernate"];

  function Api(...args) {
    const mark = (options) => (value, context) => {
      if (context.kind !== "class") fail(`@Api belongs on the class, not on ${String(context.name)}`);
      notesOf(context.metadata).api = options;
      context.addInitializer(function () { appClasses.add(this); });
    };
    const [first, context] = args;
    if (typeof first === "function" && isObject(context) && "kind" in context) return mark({})(first, context);
    if (isObject(context) && "kind" in context) fail(`@Api belongs on the class, not on ${String(context.name)}`);
    if (first !== undefined && !isObject(first)) fail(`@Api takes an object, not ${host.show(first)}`);
    return mark(checkApi(checkOptions("@Api", first ?? {}, API_OPTIONS)));
  }

  /** What goes into the documents' heads. */
  function checkInfo({ version, title, description, contact, license, servers }) {
    for (const [key, text] of Object.entries({ version, title, description })) {
      if (text !== undefined && typeof text !== "string") fail(`@Api: ${key} is a text, not ${host.show(text)}`);
    }
    if (contact !== undefined && !isObject(contact)) fail(`@Api: contact is an object of name, url and email, not ${host.show(contact)}`);
    if (license !== undefined && typeof license?.name !== "string") fail(`@Api: license is an object with a name, not ${host.show(license)}`);
    const isServer = (server) => typeof server?.url === "string";
    if (servers !== undefined && !(Array.isArray(servers) && servers.every(isServer))) fail(`@Api: servers is a list of objects with a url, not ${host.show(servers)}`);
  }

  function checkApi(options) {
    checkInfo(options);
    const { workers, expose } = options;
    const isNumber = Number.isInteger(workers) && workers >= 1 && workers <= 256;
    if (workers !== undefined && workers !== "auto" && workers !== "connection" && !isNumber) {
      fail(`@Api: workers is "auto", "connection" or a number from 1 to 256, not ${host.show(workers)}`);
    }
    if (expose !== undefined && expose !== "public") fail(`@Api: expose is "public" or left out, not ${host.show(expose)}`);
    const { connections, bodyBytes, responseTime, ...socket } = limitsOf("@Api", options.limits ?? {}, APP_LIMITS);
    const hibernate = options.hibernate === undefined ? undefined : host.span("@Api: hibernate", options.hibernate);
    return { ...options, hibernate, limits: { socket, connections, bodyBytes, responseTime } };
  }

  // --- reading the notes ----------------------------------------------------------------------------------------------

  /** The app's class among a module's exports; an error says what was looked for. */
  function findClass(exports, AppBase) {
    const isApp = (value) => typeof value === "function" && (value.prototype instanceof AppBase || appClasses.has(value));
    if (isApp(exports.default)) return exports.default;
    let found = new Set(Object.keys(exports).map((key) => exports[key]).filter(isApp));
    if (found.size === 0) found = appClasses;
    if (found.size === 1) return [...found][0];
    const names = [...found].map((c) => c.name).join(", ");
    if (found.size > 1) fail(`which class is the app? ${names} all could be: make one of them the default export`);
    const first = exports.default;
    fail("no app class: looked for a default export or an export that extends AppBase, for a class marked @Api, and for a default export with fetch()"
      + (typeof first === "function" ? `; the default export ${first.name} is a ${annotated ? "class that does not extend AppBase" : "function"}`
        : annotated ? "; there are annotated methods, so the class may only lack `export default`" : ""));
  }

  /** What the class declares: { api, routes, start, stop }. wanted: the operations of a contract, if there is one. */
  function describe(Class, AppBase, wanted) {
    const metadata = Object.hasOwn(Class, Symbol.metadata) ? Class[Symbol.metadata] : {};
    const { api = {}, cors, guards, members, place } = notesOf(metadata);
    for (const m of members) if (m.method) m.method = finalMethod(Class, m);
    const named = (kind) => members.filter((m) => m.kind === kind);
    const additions = members.filter((m) => m.kind === "guard" || m.kind === "cors").reverse(); // as they stand, from above
    const of = (kind, name) => additions.filter((m) => m.kind === kind && m.name === name);
    const routes = members.filter((m) => m.path !== undefined), contract = contractOf(Class, AppBase, wanted, members);
    if (contract) routes.push(...contract.routes);
    for (let i = 0; i < routes.length; i++) {
      const m = routes[i];
      m.cors = additions.length ? of("cors", m.name)[0]?.cors : undefined;
      m.guards = guards.concat(additions.length ? of("guard", m.name).flatMap((g) => g.guards) : [], m.guards);
    }
    if (api.expose === "public") routes.push(...publicMethods(Class, contract ? [...members, ...contract.routes] : members, guards));
    checkMembers(members, AppBase, routes);
    return {
      api, cors, routes, members, classGuards: guards, start: named("start").map((m) => m.method), stop: named("stop").map((m) => m.method),
      observers: named("observes"), listeners: listenersOf(members), contract, place, className: Class.name,
    };
  }

  /** What the decorators above an annotation made of its method. */
  function finalMethod(Class, { name, method }) {
    const made = Object.getOwnPropertyDescriptor(Class.prototype, name)?.value;
    return typeof made === "function" ? made : method;
  }

  function contractOf(Class, AppBase, wanted, members) {
    if (wanted) return host.contract().operations(Class, AppBase, wanted, members);
    const guard = members.find((m) => m.kind === "scheme");
    if (guard) failAt(guard.site, `@Guard("${guard.schemes[0]}") on ${guard.name}: there is no openapi.yaml in the app's folder that names security schemes; a guard is a function`);
    return undefined;
  }

  /** @Api({ expose: "public" }): the class's own methods that no annotation speaks of. */
  function publicMethods(Class, members, guards) {
    const taken = new Set(members.map((m) => m.name));
    return Object.getOwnPropertyNames(Class.prototype)
      .filter((name) => name !== "constructor" && !name.startsWith("_") && !taken.has(name))
      .map((name) => ({ name, method: Object.getOwnPropertyDescriptor(Class.prototype, name).value }))
      .filter(({ method }) => typeof method === "function")
      .map(({ name, method }) => ({ label: "@Api", kind: "http", verbs: [], name, method, site: new TypeError(), path: pathOf({}, name), guards }));
  }

  /** Throws what is wrong with a route from where its annotation stands. */
  function failAt(site, message) {
    site.message = message;
    throw site;
  }

  function checkMembers(members, AppBase, routes) {
    const alone = new Set(members.map((m) => m.name)).size === members.length; // every method has one annotation
    for (let i = 0; i < members.length; i++) {
      const m = members[i];
      if (m.name !== "constructor" && Object.hasOwn(AppBase.prototype, m.name)) {
        failAt(m.site, `${m.name} hides this.${m.name} of AppBase: give the method another name, and ${m.label} the path "/${m.name}"`);
      }
      if (alone && m.kind !== "guard" && m.kind !== "cors") continue;
      const kinds = new Set(routes.filter((o) => o.name === m.name).map((o) => o.kind));
      if (kinds.size > 1) failAt(m.site, `${m.name} is ${[...kinds].join(" and ")} at once: make two methods of it`);
      const guarded = kinds.size > 0 || members.some((o) => o.name === m.name && o.kind === "event");
      if (m.kind === "guard" && !guarded) failAt(m.site, `@Guard on ${m.name}: the method has no route to guard`);
      if (m.kind === "cors" && !kinds.has("http")) failAt(m.site, `@Cors on ${m.name}: the method has no HTTP route${kinds.has("websocket") ? "; for WebSockets there is @Websocket({ origins })" : ""}`);
    }
  }

  return {
    globals: {
      Api, Websocket, Scheduled, Listener, OnStart, OnStop, Observes, Guard, Cors,
      Get: verb("@Get", ["GET"]), Post: verb("@Post", ["POST"]), Put: verb("@Put", ["PUT"]), Patch: verb("@Patch", ["PATCH"]),
      Delete: verb("@Delete", ["DELETE"]), Head: verb("@Head", ["HEAD"]), Http: verb("@Http", []), Sse,
    },
    findClass, describe, failAt,
    kit: { methodAnnotation, noteMember, checkOptions, checkMethod, pathOf, guardsOf, socketOptions, TOLD, schemaText: (...args) => host.validation().schemaText(...args), describe, failAt, fail, isObject }, // of realtime.js
    socketOptions: (options) => socketOptions(checkOptions("websocket", options, SOCKET_OPTIONS)), // of a fetch app
  };
})
