// URL and URLSearchParams. The classes hold handles of Go values, which no script can reach; the host's functions do the work.
(function (host) {
  "use strict";
  const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;
  const { iterator, toStringTag } = Symbol;
  const { stringify } = JSON;
  const HREF = 0, ORIGIN = 1, PROTOCOL = 2, USERNAME = 3, PASSWORD = 4, HOST = 5, HOSTNAME = 6, PORT = 7, PATHNAME = 8, SEARCH = 9, HASH = 10;

  function need(name, given, wanted) {
    if (given < wanted) throw new TypeError(`${name} needs ${wanted} argument${wanted === 1 ? "" : "s"}, but got ${given}`);
  }

  let follow;

  class URLSearchParams {
    #list;
    static {
      follow = (list) => {
        const params = new URLSearchParams();
        params.#list = list;
        return params;
      };
    }
    constructor(init = "") {
      if (init === null || (typeof init !== "object" && typeof init !== "function")) {
        const query = `${init}`;
        this.#list = host.newParams(query[0] === "?" ? query.slice(1) : query);
        return;
      }
      this.#list = host.newParams("");
      if (init[iterator] != null) addIterable(this.#list, init);
      else addRecord(this.#list, init);
    }
    get size() { return host.size(this.#list); }
    append(name, value) {
      const list = this.#list;
      need("URLSearchParams.append", arguments.length, 2);
      host.append(list, `${name}`, `${value}`);
    }
    delete(name, value = undefined) {
      const list = this.#list;
      need("URLSearchParams.delete", arguments.length, 1);
      host.remove(list, `${name}`, value === undefined ? value : `${value}`);
    }
    get(name) {
      const list = this.#list;
      need("URLSearchParams.get", arguments.length, 1);
      return host.find(list, `${name}`);
    }
    getAll(name) {
      const list = this.#list;
      need("URLSearchParams.getAll", arguments.length, 1);
      return host.findAll(list, `${name}`);
    }
    has(name, value = undefined) {
      const list = this.#list;
      need("URLSearchParams.has", arguments.length, 1);
      return host.has(list, `${name}`, value === undefined ? value : `${value}`);
    }
    set(name, value) {
      const list = this.#list;
      need("URLSearchParams.set", arguments.length, 2);
      host.set(list, `${name}`, `${value}`);
    }
    sort() { host.sort(this.#list); }
    toString() { return host.text(this.#list); }
    forEach(callback, thisArg = undefined) {
      const list = this.#list;
      need("URLSearchParams.forEach", arguments.length, 1);
      if (typeof callback !== "function") throw new TypeError("the first argument of URLSearchParams.forEach must be a function");
      for (let i = 0; i < host.size(list); i++) apply(callback, thisArg, [host.value(list, i), host.name(list, i), this]);
    }
    entries() { return new Pairs(this.#list, (list, i) => [host.name(list, i), host.value(list, i)]); }
    keys() { return new Pairs(this.#list, host.name); }
    values() { return new Pairs(this.#list, host.value); }
  }

  // Pairs is the iterator over a list, which may change meanwhile.
  class Pairs {
    #list; #read; #index = 0;
    constructor(list, read) { this.#list = list; this.#read = read; }
    next() {
      if (this.#index >= host.size(this.#list)) return { value: undefined, done: true };
      const read = this.#read;
      return { value: read(this.#list, this.#index++), done: false };
    }
  }
  delete Pairs.prototype.constructor;
  setPrototypeOf(Pairs.prototype, getPrototypeOf(getPrototypeOf([][iterator]())));

  function addIterable(list, init) {
    for (const item of init) {
      if (item === null || (typeof item !== "object" && typeof item !== "function")) {
        throw new TypeError("each element given to URLSearchParams must be a pair [name, value]");
      }
      const pair = [...item];
      if (pair.length !== 2) throw new TypeError(`each element given to URLSearchParams must be a pair [name, value], but one has ${pair.length} members`);
      host.append(list, `${pair[0]}`, `${pair[1]}`);
    }
  }

  // addRecord uses set, as two keys may be the same text once their lone surrogates are replaced.
  function addRecord(list, init) {
    const known = { __proto__: null };
    for (const key of ownKeys(init)) {
      if (!getOwnPropertyDescriptor(init, key)?.enumerable) continue;
      const name = host.wellFormed(`${key}`), value = `${init[key]}`;
      if (known[name] === true) host.set(list, name, value);
      else host.append(list, name, value);
      known[name] = true;
    }
  }

  // parse gives a handle, or the reason as a string.
  function parse(input, base) {
    return host.parse(input, base === undefined ? base : `${base}`);
  }

  function invalid(input, reason) {
    const shown = input.length > 100 ? `${input.slice(0, 100)}...` : input;
    return new TypeError(`Invalid URL ${stringify(shown)}: ${reason}`);
  }
  let adopt;

  class URL {
    #url; #params;
    static {
      adopt = (handle) => {
        const url = new URL("a:");
        url.#url = handle;
        return url;
      };
    }
    constructor(url, base = undefined) {
      need("the constructor of URL", arguments.length, 1);
      const input = `${url}`, handle = parse(input, base);
      if (typeof handle === "string") throw invalid(input, handle);
      this.#url = handle;
    }
    static canParse(url, base = undefined) {
      need("URL.canParse", arguments.length, 1);
      return typeof parse(`${url}`, base) !== "string";
    }
    static parse(url, base = undefined) {
      need("URL.parse", arguments.length, 1);
      const handle = parse(`${url}`, base);
      return typeof handle === "string" ? null : adopt(handle);
    }
    get href() { return host.read(this.#url, HREF); }
    set href(value) {
      const input = `${value}`, reason = host.reparse(this.#url, input);
      if (reason !== undefined) throw invalid(input, reason);
    }
    get origin() { return host.read(this.#url, ORIGIN); }
    get protocol() { return host.read(this.#url, PROTOCOL); }
    set protocol(value) { host.write(this.#url, PROTOCOL, `${value}`); }
    get username() { return host.read(this.#url, USERNAME); }
    set username(value) { host.write(this.#url, USERNAME, `${value}`); }
    get password() { return host.read(this.#url, PASSWORD); }
    set password(value) { host.write(this.#url, PASSWORD, `${value}`); }
    get host() { return host.read(this.#url, HOST); }
    set host(value) { host.write(this.#url, HOST, `${value}`); }
    get hostname() { return host.read(this.#url, HOSTNAME); }
    set hostname(value) { host.write(this.#url, HOSTNAME, `${value}`); }
    get port() { return host.read(this.#url, PORT); }
    set port(value) { host.write(this.#url, PORT, `${value}`); }
    get pathname() { return host.read(this.#url, PATHNAME); }
    set pathname(value) { host.write(this.#url, PATHNAME, `${value}`); }
    get search() { return host.read(this.#url, SEARCH); }
    set search(value) { host.write(this.#url, SEARCH, `${value}`); }
    get searchParams() { return this.#params ??= follow(host.paramsOf(this.#url)); }
    get hash() { return host.read(this.#url, HASH); }
    set hash(value) { host.write(this.#url, HASH, `${value}`); }
    toString() { return host.read(this.#url, HREF); }
    toJSON() { return host.read(this.#url, HREF); }
  }

  function hidden(object, key, value, writable) {
    defineProperty(object, key, { value, writable, enumerable: false, configurable: true });
  }
  hidden(URLSearchParams.prototype, iterator, URLSearchParams.prototype.entries, true);
  hidden(URLSearchParams.prototype, toStringTag, "URLSearchParams", false);
  hidden(Pairs.prototype, toStringTag, "URLSearchParams Iterator", false);
  hidden(URL.prototype, toStringTag, "URL", false);

  return { URL, URLSearchParams };
})
