// The app's open connections and their users, as an app sees them. Which connections are meant is found by the host where
// it can be; what only a script can tell (functions, fields of users and state) is looked at here.
(function (host) {
  "use strict";

  const CRITERIA = ["id", "path", "user", "users", "token", "tokens", "access", "topic", "state"];
  const isObject = (value) => typeof value === "object" && value !== null;
  const list = (one, many) => one === undefined ? many : many === undefined ? [one] : many.filter((value) => value === one);

  /** Splits criteria: those the host finds connections by, and a function for the others or undefined. */
  function criteria(given) {
    if (typeof given === "function") return [{}, given];
    if (!isObject(given) || Array.isArray(given)) throw new TypeError("which connections: an object of criteria or a function");
    for (const key of Object.keys(given)) {
      if (!CRITERIA.includes(key)) throw new TypeError(`connections can be filtered by ${CRITERIA.join(", ")} or a function, not by "${key}"`);
    }
    const { id, path, user, users, token, tokens, access, topic, state } = given;
    const sought = { ids: list(id), path, users: list(isObject(user) ? undefined : user, users), tokens: list(token, tokens), access, topic };
    for (const key of ["ids", "users", "tokens"]) if (sought[key] !== undefined && !Array.isArray(sought[key])) throw new TypeError(`${key} is a list`);
    if (access !== undefined && typeof access !== "string") throw new TypeError("access is a text");
    const tests = [];
    if (isObject(user)) tests.push((ws) => hasFields(ws.user, user));
    if (state !== undefined) tests.push((ws) => hasFields(ws.state, state));
    if ("user" in given && user === undefined) tests.push((ws) => ws.user === undefined);
    return [sought, tests.length ? (ws) => tests.every((test) => test(ws)) : undefined];
  }

  const hasFields = (value, wanted) => isObject(value) && Object.keys(wanted).every((key) => value[key] === wanted[key]);

  function select(given) {
    const [sought, test] = criteria(given);
    const found = host.select(sought);
    return test ? found.filter(test) : found;
  }

  /** What send and close act on: never everybody by mistake. */
  function some(given) {
    if (isObject(given) && Object.values(given).every((value) => value === undefined)) {
      throw new TypeError("no criterion is given: that would mean every connection");
    }
    return select(given);
  }

  /** Every look is at this moment's connections; iterating sees a snapshot, so closing inside is safe. */
  class Connections {
    get size() { return host.count(); }
    count(which) { return which === undefined ? host.count() : select(which).length; }
    filter(which) { return select(which); }
    find(which) { return select(which)[0]; }
    map(fn) { return [...this].map((ws) => fn(ws)); }
    forEach(fn) { for (const ws of this) fn(ws); }
    send(which, data) { return host.sendTo(some(which), data); }
    close(which, code, reason) { return host.closeAll(some(which), code, reason); }
    [Symbol.iterator]() { return select({})[Symbol.iterator](); }
  }

  const ofUser = (id, options) => ({ ...options, users: Array.isArray(id) ? id : [id] });

  /** One user with at least one connection at the time of asking. */
  class User {
    #id;
    constructor(id) { this.#id = id; }
    get id() { return this.#id; }
    get connections() { return select(ofUser(this.#id)); }
    get user() { return this.connections[0]?.user; }
    send(data, options) { return host.sendTo(select(ofUser(this.#id, options)), data); }
    close(code, reason, options) { return host.closeAll(select(ofUser(this.#id, options)), code, reason); }
  }

  /** The users that a guard has named: `req.user`, with `id`, and `token` and `access` if they matter. */
  class Users {
    get size() { return host.userIds().length; }
    has(id) { return host.select({ users: [id] }).length > 0; }
    get(id) { return this.has(id) ? new User(id) : undefined; }
    send(id, data, options) { return host.sendTo(select(ofUser(id, options)), data); }
    close(id, code, reason, options) { return host.closeAll(select(ofUser(id, options)), code, reason); }
    [Symbol.iterator]() { return host.userIds().map((id) => new User(id))[Symbol.iterator](); }
  }

  return { globals: {}, connections: new Connections(), users: new Users() };
})
