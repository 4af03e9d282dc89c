// AppBase: what every app class inherits. All of it is a view of what the server owns.
(function (host) {
  "use strict";

  let log, lists, env; // made when they are first asked for

  class AppBase {
    get name() { return host.name; }
    get generation() { return host.generation(); }
    get config() { return host.config; }
    get env() { return env ??= Object.freeze(host.env()); }
    get log() { return log ??= host.log(); }
    get connections() { return (lists ??= host.lists()).connections; }
    get users() { return (lists ??= host.lists()).users; }
    connection(id) { return host.connection(String(id)); }
    broadcast(data, options) { return host.broadcast(data, options?.except); }
    publish(topic, data, options) { return host.publish(topic, data, options); }
    subscribers(topic) { return (lists ??= host.lists()).connections.filter({ topic: String(topic) }); }
    async presence(topic) { return host.members(topic); }
    history(topic, { limit = 10000 } = {}) { return host.history(topic, Math.max(0, limit)); }
    lock(name) { return host.lock(name); }
    render(template, data = {}) { return host.render(String(template), data); }
    readFile(path) { return host.readFile(String(path)); }
    get kv() { return host.kv(); }
    get db() { return host.db(); }
    get cache() { return host.cache(); }
    after(when, method, argument) { return host.after(when, method, argument); }
    listener(name) { return host.listener(name); }
    cancel(id) { return host.cancel(id); }
    repository(name, options) { return host.repository(name, options); }
  }

  return { globals: { AppBase } };
})
