// Contract first: the operations of openapi.yaml as methods of the class, and the way of a request that was held against
// one of them. `operations` is asked once a class is whole; `serve` is the server's door.
(function (host) {
  "use strict";

  const { accept, encode, encodeThrown, refusal, isResponse } = host.web;
  const { parse, stringify } = JSON;

  // --- the class --------------------------------------------------------------------------------------------------------

  /**
   * What a class is to a contract: { routes, guards, problems, methods }. Each problem is [index of the operation, why, detail].
   * Guards are [{ name, scheme, method, site }], methods the names of those that could be meant.
   */
  function operations(Class, AppBase, wanted, members) {
    const routes = [], problems = [];
    wanted.forEach(({ id, verb, path, summary, description }, operation) => {
      const [why, detail] = obstacle(Class, AppBase, id, members);
      if (why) return problems.push([operation, why, detail]);
      routes.push({
        label: "openapi", kind: "http", verbs: [verb], path, name: id, method: own(Class, id), summary, description, guards: [], operation: operation + 1, site: new TypeError(),
      });
    });
    const guards = members.filter((m) => m.kind === "scheme").flatMap(({ schemes, name, method, site }) => schemes.map((scheme) => ({ scheme, name, method, site })));
    return { routes, guards, problems, methods: Object.getOwnPropertyNames(Class.prototype).filter((name) => name !== "constructor" && own(Class, name)) };
  }

  const own = (Class, name) => {
    const method = name === "constructor" ? undefined : Object.getOwnPropertyDescriptor(Class.prototype, name)?.value;
    return typeof method === "function" ? method : undefined;
  };

  /** Why a method cannot answer for an operation: [] if it can. */
  function obstacle(Class, AppBase, id, members) {
    if (id !== "constructor" && Object.hasOwn(AppBase.prototype, id)) return ["hides"];
    if (!own(Class, id)) return ["missing"];
    const other = members.find((m) => m.name === id && (m.path !== undefined || m.kind === "scheme"));
    return other ? ["annotated", other.label] : [];
  }

  // --- requests ---------------------------------------------------------------------------------------------------------

  const PROBLEM = [["content-type", "application/problem+json"]];

  function problem(status, title, detail, headers = []) {
    return [status, [...PROBLEM, ...headers], stringify({ type: "about:blank", title, status, detail })];
  }

  /**
   * Answers one request. terms: { security, status, nothing, type, json }. Either values has what fits, or status and text are
   * the problem. Guards see the request as it came; who may not ask is not told what was wrong with the question.
   */
  function serve(app, guards, handler, terms, req, values, credentials, status, text) {
    try {
      const answer = terms.security.length || guards.length
        ? guarded(app, guards, handler, terms, req, values, credentials, status, text)
        : handle(app, handler, terms, req, values, status, text);
      return answer instanceof Promise ? answer.catch(encodeThrown) : answer;
    } catch (error) {
      return encodeThrown(error);
    }
  }

  async function guarded(app, guards, handler, terms, req, values, credentials, status, text) {
    if (terms.security.length) {
      const refused = await secure(app, terms.security, req, credentials);
      if (refused !== undefined) return refused;
    }
    const refused = guards.length ? await refusal(app, guards, req) : undefined;
    return refused === undefined ? handle(app, handler, terms, req, values, status, text) : encode(refused);
  }

  function handle(app, handler, terms, req, values, status, text) {
    if (status) return [status, PROBLEM, text];
    adopt(req, values);
    const value = handler.call(app, req);
    return value instanceof Promise ? value.then((settled) => encodeAs(terms, settled)) : encodeAs(terms, value);
  }

  function adopt(req, values) {
    const valid = parse(values);
    req.valid = valid;
    accept(req, valid);
  }

  /** Undefined if one of the alternatives is satisfied, else an encoded answer. */
  async function secure(app, alternatives, req, credentials) {
    const given = parse(credentials || "{}");
    let answer;
    for (const demands of alternatives) {
      req.user = undefined;
      const refused = await demand(app, demands, req, given);
      if (refused === undefined) return undefined;
      if (refused !== MISSING) answer = refused; // somebody who tried is told why it was not enough
    }
    req.user = undefined;
    return answer ?? problem(401, "Unauthorized", "credentials are missing: " + wanted(alternatives), challenges(alternatives.flat()));
  }

  const MISSING = Symbol("missing");
  const wanted = (alternatives) => alternatives.map((demands) => demands.map((d) => d.scheme).join(" and ")).join(", or ");
  const challenges = (demands) => [...new Set(demands.map((d) => d.challenge))].filter(Boolean).map((challenge) => ["www-authenticate", challenge]);

  async function demand(app, demands, req, given) {
    if (demands.some((d) => !Object.hasOwn(given, d.scheme))) return MISSING;
    for (const d of demands) {
      const verdict = await d.guard.call(app, req, { scheme: d.scheme, scopes: [...d.scopes], credential: given[d.scheme] });
      if (verdict === undefined || verdict === true) continue;
      if (verdict === false || verdict === null) return problem(401, "Unauthorized", `${d.scheme} was not accepted`, challenges([d]));
      return encode(verdict);
    }
    return undefined;
  }

  // --- answers ----------------------------------------------------------------------------------------------------------

  /** A plain value as what the contract declares of success; a Response as it is. */
  function encodeAs(terms, value) {
    if (isResponse(value)) return encode(value);
    if (value === undefined || value === null && !terms.json) return [terms.nothing, []];
    if (terms.json && (value === null || typeof value === "string")) return [terms.status, [["content-type", terms.type]], stringify(value)];
    const encoded = encode(value);
    return encoded instanceof Promise ? encoded.then((parts) => declared(terms, parts)) : declared(terms, encoded);
  }

  /** What is put on a value that says nothing of its own type. */
  const GUESSED = ["text/plain", "text/html", "application/json", "application/octet-stream"];

  function declared({ status, type }, parts) {
    parts[0] = status;
    const header = parts[1].find(([name]) => name.toLowerCase() === "content-type");
    if (!type || !header) return parts;
    const made = header[1].split(";")[0];
    if (made !== type && GUESSED.includes(made)) header[1] = type.startsWith("text/") ? type + ";charset=UTF-8" : type;
    return parts;
  }

  return { globals: {}, operations, serve };
})
