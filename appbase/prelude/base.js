// AppBase: what every app class inherits. All of it is a view of what the server owns.
(function (host) {
  "use strict";

  class AppBase {
    get name() { return host.name; }
    get generation() { return host.generation(); }
    get config() { return host.config; }
    get log() { return host.log; }
    get connections() { return connections; }
    connection(id) { return host.connection(String(id)); }
    broadcast(data, options) { return host.broadcast(data, options?.except); }
    publish(topic, data) { return host.publish(topic, data); }
    lock(name) { return host.lock(name); }
    render(template, data = {}) { return host.render(String(template), data); }
    readFile(path) { return host.readFile(String(path)); }
    get kv() { return host.kv(); }
    get db() { return host.db(); }
  }

  /** The app's open connections. Every look is at this moment's; iterating sees a snapshot, so closing inside is safe. */
  class Connections {
    get size() { return host.count(); }
    count(criteria) { return criteria === undefined ? host.count() : this.filter(criteria).length; }
    filter(criteria) { return [...this].filter(typeof criteria === "function" ? criteria : matcher(criteria)); }
    find(criteria) { return [...this].find(typeof criteria === "function" ? criteria : matcher(criteria)); }
    map(fn) { return [...this].map((ws) => fn(ws)); }
    forEach(fn) { for (const ws of this) fn(ws); }
    [Symbol.iterator]() { return host.connections()[Symbol.iterator](); }
  }

  const CRITERIA = ["path", "user", "topic"];

  function matcher(criteria = {}) {
    for (const key of Object.keys(criteria)) {
      if (!CRITERIA.includes(key)) throw new TypeError(`connections can be filtered by ${CRITERIA.join(", ")} or a function, not by "${key}"`);
    }
    const { path, user, topic } = criteria;
    return (ws) => (path === undefined || ws.path === path)
      && (user === undefined || sameUser(ws.user, user))
      && (topic === undefined || host.subscribed(ws, topic));
  }

  /** A user is told by equality, by its id, or by some of its fields. */
  function sameUser(user, wanted) {
    if (user === wanted || user === undefined || user === null) return user === wanted;
    if (typeof wanted !== "object" || wanted === null) return user.id === wanted;
    return Object.keys(wanted).every((key) => user[key] === wanted[key]);
  }

  const connections = new Connections();
  return { globals: { AppBase, WsConn: host.WsConn } };
})
