// expect and its matchers. The host's functions: show(value) writes a value as console.log does.
(host) => {
  class AssertionError extends Error {
    get name() { return "AssertionError"; }
  }

  const isObject = (v) => v !== null && typeof v === "object";
  const tagOf = (v) => Object.prototype.toString.call(v).slice(8, -1);
  const { getPrototypeOf, keys, getOwnPropertySymbols, is } = Object;

  // --- asymmetric matchers ---

  class Asymmetric {
    constructor(name, sample, test, inverse = false) {
      Object.assign(this, { name, sample, test, inverse });
    }
    matches(value) { return this.test(value) !== this.inverse; }
    toString() { return (this.inverse ? "not." : "") + this.name; }
  }

  const ofType = (type) => (v) => {
    const primitives = new Map([[String, "string"], [Number, "number"], [Boolean, "boolean"], [BigInt, "bigint"], [Symbol, "symbol"], [Function, "function"]]);
    if (type === Object) return isObject(v);
    return v instanceof type || typeof v === primitives.get(type);
  };

  const asymmetric = (inverse) => ({
    objectContaining: (part) => new Asymmetric("objectContaining", part, (v) => isObject(v) && contains(v, part), inverse),
    arrayContaining: (list) => new Asymmetric("arrayContaining", list, (v) => Array.isArray(v) && list.every((x) => v.some((y) => equal(y, x))), inverse),
    stringContaining: (text) => new Asymmetric("stringContaining", text, (v) => typeof v === "string" && v.includes(text), inverse),
    stringMatching: (pattern) => new Asymmetric("stringMatching", pattern, (v) => typeof v === "string" && new RegExp(pattern).test(v), inverse),
    closeTo: (n, digits = 2) => new Asymmetric("closeTo", n, (v) => typeof v === "number" && near(v, n, digits), inverse),
  });
  const contains = (v, part) => keys(part).every((key) => key in v && equal(v[key], part[key]));
  const near = (a, b, digits) => is(a, b) || Math.abs(a - b) < 10 ** -digits / 2;

  // --- equality ---

  const bytesOf = (v) => v instanceof ArrayBuffer ? new Uint8Array(v) : ArrayBuffer.isView(v) && !(v instanceof DataView) ? v : undefined;

  // equal compares deeply; strict also tells types and properties that are undefined apart.
  function equal(a, b, strict = false, seen = new Map()) {
    if (b instanceof Asymmetric) return b.matches(a);
    if (a instanceof Asymmetric) return a.matches(b);
    if (is(a, b)) return true;
    if (!isObject(a) || !isObject(b)) return false;
    const tag = tagOf(a);
    if (tag !== tagOf(b) || strict && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    if (seen.get(a) === b) return true;
    seen.set(a, b);
    const left = bytesOf(a), right = bytesOf(b);
    if (left) return left.length === right.length && left.every((x, i) => is(x, right[i]));
    switch (tag) {
      case "Date": return is(a.getTime(), b.getTime());
      case "RegExp": return String(a) === String(b);
      case "String": case "Number": case "Boolean": return is(a.valueOf(), b.valueOf());
      case "Map": return a.size === b.size && [...a].every(([k, v]) => b.has(k) && equal(v, b.get(k), strict, seen));
      case "Set": return a.size === b.size && [...a].every((x) => b.has(x) || [...b].some((y) => equal(x, y, strict, seen)));
      case "Error": if (a.message !== b.message || a.name !== b.name) return false; break;
      case "Array": if (a.length !== b.length) return false; break;
      case "Promise": return false;
    }
    const names = (o) => [...keys(o), ...getOwnPropertySymbols(o)].filter((key) => strict || o[key] !== undefined);
    const mine = names(a), theirs = names(b);
    return mine.length === theirs.length && mine.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key], strict, seen));
  }

  // matches says whether every property of part is in a, deeply; lists are of one length.
  function matches(a, part) {
    if (part instanceof Asymmetric || !isObject(part) || !isObject(a) || bytesOf(part) || !["Object", "Array"].includes(tagOf(part))) return equal(a, part);
    if (Array.isArray(part)) return Array.isArray(a) && a.length === part.length && part.every((x, i) => matches(a[i], x));
    return keys(part).every((key) => key in a && matches(a[key], part[key]));
  }

  // --- how values and differences are shown ---

  // lines writes a value over several lines, one for each leaf.
  function lines(v, indent = "", seen = []) {
    if (v instanceof Asymmetric) return `${v}(${v.sample === undefined ? "" : lines(v.sample, indent, seen)})`;
    if (!isObject(v)) return show(v);
    if (seen.includes(v)) return "[circular]";
    const inner = indent + "  ", below = [...seen, v];
    const bytes = bytesOf(v);
    if (bytes) return `${v.constructor.name} [${[...bytes].join(", ")}]`;
    switch (tagOf(v)) {
      case "Array": return bracket("[", [...v].map((x) => lines(x, inner, below)), "]", indent);
      case "Map": return bracket("Map {", [...v].map(([k, x]) => `${lines(k, inner, below)} => ${lines(x, inner, below)}`), "}", indent);
      case "Set": return bracket("Set {", [...v].map((x) => lines(x, inner, below)), "}", indent);
      case "Error": return `${v.name}: ${v.message}`;
      case "Object": break;
      default: return show(v);
    }
    const name = getPrototypeOf(v)?.constructor?.name ?? "";
    const label = (key) => /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return bracket(name && name !== "Object" ? name + " {" : "{", keys(v).map((key) => `${label(key)}: ${lines(v[key], inner, below)}`), "}", indent);
  }

  function bracket(open, items, close, indent) {
    if (items.length === 0) return open + close;
    return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}${close}`;
  }

  const show = (v) => typeof v === "string" ? JSON.stringify(v) : v instanceof Asymmetric ? lines(v) : host.show(v);
  const brief = (v) => { const text = show(v); return text.length > 120 ? text.slice(0, 117) + "..." : text; };

  // diff shows two texts line by line, with what both have around it.
  function diff(expected, received) {
    const a = expected.split("\n"), b = received.split("\n");
    if (a.length * b.length > 250_000) return `- ${brief(expected)}\n+ ${brief(received)}`;
    const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i--) {
      for (let j = b.length - 1; j >= 0; j--) lengths[i][j] = a[i] === b[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
    const out = [];
    for (let i = 0, j = 0; i < a.length || j < b.length;) {
      if (i < a.length && j < b.length && a[i] === b[j]) { out.push("  " + a[i]); i++; j++; }
      else if (i < a.length && (j === b.length || lengths[i + 1][j] >= lengths[i][j + 1])) out.push("- " + a[i++]);
      else out.push("+ " + b[j++]);
    }
    return folded(out).join("\n");
  }

  // folded leaves out what is far from every difference.
  function folded(all, around = 3, most = 60) {
    const kept = all.map((_, i) => all.slice(Math.max(0, i - around), i + around + 1).some((line) => line[0] !== " "));
    const out = [];
    all.forEach((line, i) => { if (kept[i]) out.push(line); else if (i === 0 || kept[i - 1]) out.push("  ..."); });
    return out.length > most ? [...out.slice(0, most), `  ... and ${out.length - most} more lines`] : out;
  }

  function compared(expected, received) {
    const a = lines(expected), b = lines(received);
    if (typeof expected === "string" && typeof received === "string" && (expected + received).includes("\n")) return "\n- expected\n+ received\n" + diff(expected, received);
    if (!a.includes("\n") && !b.includes("\n")) return `\nexpected: ${a}\nreceived: ${b}` + (a === b ? " (another one that looks the same)" : "");
    return "\n- expected\n+ received\n" + diff(a, b);
  }

  // --- matchers: (received, ...expected) => [passed, what is said when it did not] ---

  const throwsMatch = (error, expected) => {
    const message = isObject(error) && "message" in error ? String(error.message) : String(error);
    if (expected === undefined) return true;
    if (typeof expected === "string") return message.includes(expected);
    if (tagOf(expected) === "RegExp") return expected.test(message);
    if (typeof expected === "function") return error instanceof expected;
    if (expected instanceof Asymmetric) return expected.matches(error);
    return isObject(expected) && matches({ name: error?.name, message, ...error }, expected instanceof Error ? { message: expected.message } : expected);
  };

  const has = (v, path) => {
    for (const key of Array.isArray(path) ? path : String(path).split(/[.[\]]+/).filter(Boolean)) {
      if (v === null || v === undefined || !(key in Object(v))) return [false];
      v = v[key];
    }
    return [true, v];
  };

  const plain = (test, words) => (v, ...args) => [test(v, ...args), () => words ? `\nexpected: ${words(...args)}\nreceived: ${lines(v)}` : `\nreceived: ${lines(v)}`];
  const calls = (fn) => {
    if (!fn?.mock) throw new TypeError(`this matcher is for functions made by fn() or spyOn(), not for ${brief(fn)}`);
    return fn.mock.calls;
  };
  const callList = (fn) => calls(fn).length ? "\ncalls:" + calls(fn).slice(0, 10).map((args, i) => `\n  ${i + 1}: (${args.map(brief).join(", ")})`).join("") : "\nit was never called";

  const matchers = {
    toBe: (v, x) => [is(v, x), () => compared(x, v) + (!is(v, x) && equal(v, x) && isObject(v) ? "\n(they are equal: toEqual compares what is in them)" : "")],
    toEqual: (v, x) => [equal(v, x), () => compared(x, v)],
    toStrictEqual: (v, x) => [equal(v, x, true), () => compared(x, v)],
    toMatchObject: (v, x) => [matches(v, x), () => compared(x, project(v, x))],
    toContain: plain((v, x) => typeof v === "string" ? v.includes(x) : [...(v ?? [])].includes(x), (x) => "something with " + show(x) + " in it"),
    toContainEqual: plain((v, x) => [...(v ?? [])].some((y) => equal(y, x)), (x) => "a list with " + show(x) + " in it"),
    toHaveLength: (v, n) => [v?.length === n, () => `\nexpected: a length of ${n}\nreceived: ${v?.length}, of ${lines(v)}`],
    toHaveProperty: (v, path, ...rest) => {
      const [there, value] = has(v, path);
      return [there && (rest.length === 0 || equal(value, rest[0])), () => there && rest.length ? compared(rest[0], value) : `\nexpected: a property ${show(path)}\nreceived: ${lines(v)}`];
    },
    toMatch: plain((v, x) => typeof v === "string" && (typeof x === "string" ? v.includes(x) : x.test(v)), (x) => "a text that matches " + show(x)),
    toBeCloseTo: plain((v, n, digits = 2) => near(v, n, digits), (n, digits = 2) => `${n}, to ${digits} digits`),
    toBeGreaterThan: plain((v, n) => v > n, (n) => "more than " + n),
    toBeGreaterThanOrEqual: plain((v, n) => v >= n, (n) => n + " or more"),
    toBeLessThan: plain((v, n) => v < n, (n) => "less than " + n),
    toBeLessThanOrEqual: plain((v, n) => v <= n, (n) => n + " or less"),
    toBeTruthy: plain((v) => Boolean(v)),
    toBeFalsy: plain((v) => !v),
    toBeNull: plain((v) => v === null),
    toBeUndefined: plain((v) => v === undefined),
    toBeDefined: plain((v) => v !== undefined),
    toBeNaN: plain((v) => Number.isNaN(v)),
    toBeInstanceOf: plain((v, type) => v instanceof type, (type) => "an instance of " + (type.name || show(type))),
    toBeTypeOf: plain((v, type) => typeof v === type, (type) => "a " + type),
    toBeOneOf: plain((v, list) => list.some((x) => equal(v, x)), (list) => "one of " + show(list)),
    toSatisfy: plain((v, test) => Boolean(test(v)), (test) => "what satisfies " + (test.name || "the function")),
    toThrow: (v, expected, settled) => {
      let error, thrown = Boolean(settled);
      if (settled) error = settled.reason;
      else {
        if (typeof v !== "function") throw new TypeError(`toThrow is for functions (of a promise, use .rejects), not for ${brief(v)}`);
        try { v(); } catch (e) { error = e; thrown = true; }
      }
      const text = expected === undefined ? "an error" : typeof expected === "function" ? "an error of the class " + expected.name : "an error that matches " + show(expected instanceof Error ? expected.message : expected);
      return [thrown && throwsMatch(error, expected), () => `\nexpected: ${text}\n` + (thrown ? `received: ${show(error?.name ? `${error.name}: ${error.message}` : error)}` : "received: nothing was thrown")];
    },
    toHaveBeenCalled: (fn) => [calls(fn).length > 0, () => callList(fn)],
    toHaveBeenCalledTimes: (fn, n) => [calls(fn).length === n, () => `\nexpected: ${n} calls\nreceived: ${calls(fn).length}${callList(fn)}`],
    toHaveBeenCalledWith: (fn, ...args) => [calls(fn).some((got) => equal(got, args)), () => `\nexpected: (${args.map(brief).join(", ")})${callList(fn)}`],
    toHaveBeenLastCalledWith: (fn, ...args) => [equal(calls(fn).at(-1), args), () => compared(args, calls(fn).at(-1))],
    toHaveBeenNthCalledWith: (fn, n, ...args) => [equal(calls(fn)[n - 1], args), () => compared(args, calls(fn)[n - 1])],
    toHaveReturnedWith: (fn, x) => [calls(fn) && fn.mock.results.some((r) => r.type === "return" && equal(r.value, x)), () => compared([x], fn.mock.results.map((r) => r.value))],
  };
  matchers.toThrowError = matchers.toThrow;

  // project leaves of v what part asks about, so that a difference shows nothing else.
  function project(v, part) {
    if (!isObject(v) || !isObject(part) || part instanceof Asymmetric || tagOf(v) !== tagOf(part)) return v;
    if (Array.isArray(part)) return v.map((x, i) => i in part ? project(x, part[i]) : x);
    if (tagOf(part) !== "Object") return v;
    return Object.fromEntries(keys(part).filter((key) => key in v).map((key) => [key, project(v[key], part[key])]));
  }

  // --- expect ---

  let asserted = 0, wanted = null;

  // check throws error, made where the author stands, unless the matcher's outcome is what was expected.
  function check(error, name, v, args, inverse, note) {
    asserted++;
    const [passed, told] = matchers[name](v, ...args);
    if (Boolean(passed) !== inverse) return;
    const asked = `expect(received)${inverse ? ".not" : ""}.${name}(${args.length ? "expected" : ""})`;
    const said = inverse ? `\nreceived: ${lines(v)}` + (name.startsWith("toHaveBeen") ? callList(v) : "") : told();
    error.message = (note ? note + "\n" : "") + asked + "\n" + said;
    throw error;
  }

  // Expectation is what expect returns: a method for each matcher.
  class Expectation {
    constructor(v, note, inverse = false) { Object.assign(this, { v, note, inverse }); }
    get not() { return new Expectation(this.v, this.note, !this.inverse); }
    get resolves() { return new Settled(this.v, this.note, false); }
    get rejects() { return new Settled(this.v, this.note, true); }
  }

  // Settled waits for a promise first; what it rejects with is the received value of .rejects.
  class Settled {
    constructor(v, note, rejection, inverse = false) { Object.assign(this, { v, note, rejection, inverse }); }
    get not() { return new Settled(this.v, this.note, this.rejection, !this.inverse); }
  }

  function define(name, matcher) {
    matchers[name] = matcher;
    Expectation.prototype[name] = function (...args) { check(new AssertionError(), name, this.v, args, this.inverse, this.note); };
    Settled.prototype[name] = function (...args) {
      const error = new AssertionError(), { v, note, rejection, inverse } = this;
      return Promise.resolve(typeof v === "function" ? v() : v).then((value) => {
        if (rejection) refuse(error, `the promise was to be rejected; it resolved to ${brief(value)}`);
        check(error, name, value, args, inverse, note);
      }, (reason) => {
        if (!rejection) refuse(error, `the promise was to resolve; it was rejected with ${brief(reason instanceof Error ? `${reason.name}: ${reason.message}` : reason)}`);
        check(error, name, reason, name.startsWith("toThrow") ? [args[0], { reason }] : args, inverse, note);
      });
    };
  }
  for (const [name, matcher] of Object.entries(matchers)) define(name, matcher);

  const expect = (v, note) => new Expectation(v, note);

  function refuse(error, message) {
    error.message = message;
    throw error;
  }

  Object.assign(expect, asymmetric(false), {
    not: asymmetric(true),
    any: (type) => new Asymmetric("any", type, ofType(type)),
    anything: () => new Asymmetric("anything", undefined, (v) => v !== null && v !== undefined),
    assertions: (n) => { wanted = { n, error: new AssertionError() }; },
    hasAssertions: () => { wanted = { error: new AssertionError() }; },
    unreachable: (why = "this line was not to be reached") => refuse(new AssertionError(), why),
    extend: (more) => {
      for (const [name, matcher] of Object.entries(more)) {
        define(name, (v, ...args) => {
          const { pass, message } = matcher.call({ equals: equal }, v, ...args);
          return [pass, () => "\n" + (message?.() ?? "")];
        });
      }
    },
  });

  // begin forgets what a test before has asserted; end checks what this one wanted.
  const begin = () => { asserted = 0; wanted = null; };
  const end = () => {
    if (!wanted || (wanted.n === undefined ? asserted > 0 : wanted.n === asserted)) return;
    refuse(wanted.error, wanted.n === undefined ? "the test was to assert something, and did not" : `the test was to assert ${wanted.n} times, and did ${asserted} times`);
  };

  return { expect, matches, begin, end };
}
