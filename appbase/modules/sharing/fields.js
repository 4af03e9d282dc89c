// Shared fields. What a class marks @Shared is an accessor of its object; the value is the host's. Until the generation
// takes over (commit) its fields read what there is, or their first value, and refuse to be changed: code that is only being
// tried must not touch what the code before it lives on.
const { stringify, parse } = JSON;
const fields = []; // of the app's object, in the order of declaration
let committed = false;

const fail = (message) => { throw new TypeError(message); };

// --- values -----------------------------------------------------------------------------------------------------------

/** A value as JSON. Only plain data has a meaning in every worker. */
function encode(value, label) {
  check(value, label, 0);
  return stringify(value);
}

function check(value, label, depth) {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : fail(`${label} is ${value}, which has no JSON form`);
  if (typeof value !== "object") fail(`${label} is ${value === undefined ? "undefined" : `a ${typeof value}`}, which cannot be shared: only plain data can (texts, numbers, booleans, null, arrays, objects)`);
  if (depth > 100) fail(`${label} is nested too deep, or holds itself`);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) check(value[i], `${label}[${i}]`, depth + 1);
    return;
  }
  const proto = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null) fail(`${label} is a ${value.constructor?.name ?? "special object"}, which cannot be shared: ${advice(value)}`);
  for (const key of Object.keys(value)) check(value[key], `${label}.${key}`, depth + 1);
}

function advice(value) {
  if (value instanceof Map) return "use a SharedMap";
  if (value instanceof Set) return "use a SharedMap with true as values";
  if (value instanceof Date) return "keep its time, date.getTime()";
  if (typeof value.send === "function") return "keep the connection's id, and use this.connection(id)";
  return "only plain data can";
}

/** A value read from JSON, frozen: changing a copy would be lost silently. */
function decode(text) {
  return text === undefined || text === "" ? undefined : freeze(parse(text));
}

function freeze(value) {
  if (typeof value === "object" && value !== null) {
    for (const key of Object.keys(value)) freeze(value[key]);
    Object.freeze(value);
  }
  return value;
}

// --- containers ---------------------------------------------------------------------------------------------------------

let bind; // gives a container its field's name

/** What the containers have in common: the name under which the host keeps them. */
class Container {
  #name; #first;
  constructor(first) { this.#first = first; }
  static { bind = (container, name) => { container.#name = name; return container.#first; }; }
  _name() { return this.#name ?? fail("a shared container works once it is the value of a @Shared field"); }
  _change() {
    if (!committed) fail("shared fields can be changed once the app has started: do it in @OnStart");
    return this._name();
  }
}

const numeric = (value, what) => (typeof value === "number" && Number.isFinite(value) ? value : fail(`${what} takes a finite number`));
const textKey = (key) => (typeof key === "string" ? key : fail(`the keys of a SharedMap are texts, not ${typeof key}`));

class SharedCounter extends Container {
  constructor(value = 0) { super({ kind: "counter", number: numeric(value, "SharedCounter") }); }
  get value() { return host.number(this._name()); }
  add(n = 1) { return host.add(this._change(), numeric(n, "add")); }
  set(value) { return host.setNumber(this._change(), numeric(value, "set")); }
  valueOf() { return this.value; }
  toString() { return `${this.value}`; }
  toJSON() { return this.value; }
}

class SharedMap extends Container {
  constructor(entries = []) {
    const pairs = [...(typeof entries[Symbol.iterator] === "function" ? entries : Object.entries(entries))];
    super({ kind: "map", keys: pairs.map(([key]) => textKey(key)), list: pairs.map(([key, value]) => encode(value, key)) });
  }
  get size() { return host.size(this._name()); }
  get(key) { return decode(host.get(this._name(), textKey(key))); }
  has(key) { return host.get(this._name(), textKey(key)) !== undefined; }
  set(key, value) { host.set(this._change(), textKey(key), encode(value, key)); return this; }
  delete(key) { return host.delete(this._change(), textKey(key)); }
  clear() { host.clear(this._change(), "map"); }
  /** Replaces a value by what fn makes of it, as one step: no other worker comes between. undefined deletes. */
  update(key, fn) {
    const name = this._change();
    textKey(key);
    for (;;) {
      const old = host.get(name, key);
      const value = fn(decode(old));
      if (host.swap(name, key, old ?? "", value === undefined ? "" : encode(value, key))) return value;
    }
  }
  add(key, n = 1) { return this.update(key, (old = 0) => numeric(old, `add to ${key}`) + numeric(n, "add")); }
  keys() { return host.contents(this._name()).keys.values(); }
  values() { return host.contents(this._name()).list.map(decode).values(); }
  entries() {
    const { keys, list } = host.contents(this._name());
    return keys.map((key, i) => [key, decode(list[i])]).values();
  }
  forEach(fn, thisArg) { for (const [key, value] of this.entries()) fn.call(thisArg, value, key, this); }
  [Symbol.iterator]() { return this.entries(); }
  toJSON() { return Object.fromEntries(this.entries()); }
}

class SharedList extends Container {
  #max;
  constructor(values = [], { max = 0 } = {}) {
    if (!Number.isInteger(max) || max < 0) fail("max is a whole number");
    super({ kind: "list", list: [...values].map((value, i) => encode(value, `[${i}]`)) });
    this.#max = max;
  }
  get length() { return host.size(this._name()); }
  push(...values) { return host.push(this._change(), this.#max, values.map((value) => encode(value, "value"))); }
  pop() { return decode(host.take(this._change(), true)); }
  shift() { return decode(host.take(this._change(), false)); }
  clear() { host.clear(this._change(), "list"); }
  at(index) { return this.toArray().at(index); }
  slice(from, to) { return this.toArray().slice(from, to); }
  toArray() { return host.contents(this._name()).list.map(decode); }
  [Symbol.iterator]() { return this.toArray().values(); }
  toJSON() { return this.toArray(); }
}

// --- the annotation -----------------------------------------------------------------------------------------------------

/** `@Shared field = value`, `@Shared({ version: 2, migrate: (old) => ... }) field = value`. */
function Shared(...args) {
  const [first, context] = args;
  if (typeof context === "object" && context !== null && "kind" in context) return mark(context, {});
  if (args.length > 1 || typeof first !== "object" || first === null) fail("@Shared stands bare, or takes { version, migrate }");
  const { migrate, version = versionOf(migrate), ...rest } = first;
  for (const key of Object.keys(rest)) fail(`@Shared does not know the option "${key}"; it takes version, migrate`);
  if (!Number.isSafeInteger(version) || version < 0) fail("@Shared: version is a whole number");
  if (migrate !== undefined && typeof migrate !== "function") fail("@Shared: migrate is a function of the old value and its version");
  return (value, context) => mark(context, { version, migrate });
}

const DERIVED = 2 ** 40; // versions from here on are made of what migrate says

/** A version for those who give none: another one whenever migrate has another text, so that each is run once. */
function versionOf(migrate) {
  if (typeof migrate !== "function") return 0;
  let hash = 0;
  for (const character of `${migrate}`) hash = (hash * 31 + character.codePointAt(0)) % DERIVED;
  return DERIVED + hash;
}

function mark(context, { version = 0, migrate }) {
  const { name } = context;
  if (context.kind !== "field" || context.static || context.private || typeof name === "symbol") {
    fail(`@Shared belongs on a field; ${String(name)} is ${context.private ? "private" : context.static ? "static" : `a ${context.kind}`}`);
  }
  context.addInitializer(function () { declare(this, { name, version, migrate, first: this[name] }); });
}

function declare(app, field) {
  const { name, version } = field, first = field.first instanceof Map ? new SharedMap(field.first) : field.first;
  if (fields.some((other) => other.name === name)) fail(`there are two shared fields ${name}: an app has one object`);
  const container = first instanceof Container;
  const start = container ? bind(first, name) : { kind: "plain", value: encode(first === undefined ? null : first, `this.${name}`) };
  fields.push({ ...field, start });
  const there = host.look(name);
  if (there.kind !== start.kind || there.version !== version) host.stage(name, start); // what it reads until it takes over
  Object.defineProperty(app, name, container ? { value: first, enumerable: true } : { ...plain(name, start.value), enumerable: true, configurable: false });
}

function plain(name, first) {
  let serial = 0, value = decode(first);
  return {
    get() {
      const now = host.value(name, serial);
      if (now !== undefined) [value, serial] = [decode(now[0]), now[1]];
      return value;
    },
    set(next) {
      if (!committed) fail(`this.${name} is shared, and can be changed once the app has started: do it in @OnStart`);
      host.setValue(name, encode(next, `this.${name}`));
    },
  };
}

// --- taking over --------------------------------------------------------------------------------------------------------

/** Makes the fields of this generation those of the app. `leading`: of the first worker, which brings them about. */
function commit(leading) {
  committed = true;
  if (!leading) return;
  for (const field of fields) bring(field);
  host.keep(fields.map((field) => field.name));
}

/** A field keeps what it has; one of another kind or version is migrated, or begins afresh. */
function bring(field) {
  const there = host.look(field.name);
  if (there.kind !== field.start.kind || there.version !== field.version) host.put(field.name, { ...brought(field, there), version: field.version });
}

function brought({ name, migrate, start }, there) {
  if (there.kind === "") return start;
  if (migrate !== undefined) return encoded(start.kind, migrate(decoded(there), there.version < DERIVED ? there.version : 0), name);
  if (there.kind === start.kind) return there;
  host.warn(`the shared field ${name} was a ${there.kind} and begins afresh as a ${start.kind}; @Shared({ version, migrate }) would keep it`);
  return start;
}

/** Tries the migrations, so that one that fails is a mistake of the new code and not the end of the data. */
function rehearse() {
  for (const field of fields) {
    const there = host.look(field.name);
    if (field.migrate !== undefined && there.kind !== "" && there.version !== field.version) brought(field, there);
  }
}

/** A field's content as plain data, for migrate. */
function decoded({ kind, value, number, keys, list }) {
  if (kind === "plain") return parse(value);
  if (kind === "counter") return number;
  return kind === "list" ? list.map((text) => parse(text)) : Object.fromEntries(keys.map((key, i) => [key, parse(list[i])]));
}

function encoded(kind, data, name) {
  if (kind === "plain") return { kind, value: encode(data, `this.${name}`) };
  if (kind === "counter") return { kind, number: numeric(data, `migrate of ${name}`) };
  if (kind === "list") return { kind, list: [...data].map((value) => encode(value, name)) };
  return { kind, keys: Object.keys(data), list: Object.values(data).map((value) => encode(value, name)) };
}

const internals = { commit, rehearse, lock: (name) => new Lock(name) };
