// URLPattern (URL Pattern standard). The host compiles patterns and takes URLs apart; the engine's regular expressions match.
(function (host) {
  "use strict";
  const { apply, defineProperty } = Reflect;
  const { exec } = RegExp.prototype;
  const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];
  const MEMBERS = ["baseURL", "hash", "hostname", "password", "pathname", "port", "protocol", "search", "username"]; // in the order of WebIDL

  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
  const isMissing = (value) => value === undefined || value === null;

  /** The members of a URLPatternInit as the host takes them. */
  function readInit(init) {
    const texts = { __proto__: null };
    for (const name of MEMBERS) {
      const value = init?.[name];
      texts[name] = value === undefined ? undefined : `${value}`;
    }
    return [...COMPONENTS.map((name) => texts[name]), texts.baseURL];
  }

  const flag = (options) => {
    if (!isMissing(options) && !isObject(options)) throw new TypeError("the options of a URLPattern must be an object");
    return Boolean(options?.ignoreCase);
  };

  function compile(input, base, ignoreCase) {
    if (!isMissing(input) && !isObject(input)) return host.compileText(ignoreCase, `${input}`, base);
    if (base !== undefined) throw new TypeError("a URLPattern of an object has its base URL in the member baseURL");
    return host.compile(ignoreCase, ...readInit(input));
  }

  /** The components of a URL, or null; and what the result of exec has as inputs. */
  function read(input, base) {
    if (!isMissing(input) && !isObject(input)) {
      const inputs = base === undefined ? [`${input}`] : [`${input}`, `${base}`];
      return [host.components(...inputs), inputs];
    }
    if (base !== undefined) throw new TypeError("what is given as an object has its base URL in the member baseURL");
    return [host.componentsOfInit(...readInit(input)), [input ?? {}]];
  }

  class Component {
    constructor([pattern, expression, custom, ...names]) {
      this.pattern = pattern;
      this.expression = expression;
      this.custom = custom;
      this.names = names;
    }
    match(input) {
      const found = apply(exec, this.expression, [input]);
      if (found === null) return null;
      const groups = {};
      this.names.forEach((name, i) => { groups[name] = found[i + 1]; });
      return { input, groups };
    }
  }

  class URLPattern {
    #components;
    constructor(input = {}, base = undefined, options = undefined) {
      const hasBase = arguments.length > 2 || !(isMissing(base) || isObject(base));
      const components = compile(input, hasBase ? `${base}` : undefined, flag(hasBase ? options : base));
      this.#components = components.map((component) => new Component(component));
    }
    test(input = {}, base = undefined) {
      const [values] = read(input, base);
      return values !== null && this.#components.every((component, i) => component.match(values[i]) !== null);
    }
    exec(input = {}, base = undefined) {
      const [values, inputs] = read(input, base), result = { inputs };
      if (values === null) return null;
      for (let i = 0; i < COMPONENTS.length; i++) {
        const match = this.#components[i].match(values[i]);
        if (match === null) return null;
        result[COMPONENTS[i]] = match;
      }
      return result;
    }
    get protocol() { return this.#components[0].pattern; }
    get username() { return this.#components[1].pattern; }
    get password() { return this.#components[2].pattern; }
    get hostname() { return this.#components[3].pattern; }
    get port() { return this.#components[4].pattern; }
    get pathname() { return this.#components[5].pattern; }
    get search() { return this.#components[6].pattern; }
    get hash() { return this.#components[7].pattern; }
    get hasRegExpGroups() { return this.#components.some((component) => component.custom); }
  }
  defineProperty(URLPattern.prototype, Symbol.toStringTag, { value: "URLPattern", writable: false, enumerable: false, configurable: true });

  return { URLPattern };
})
