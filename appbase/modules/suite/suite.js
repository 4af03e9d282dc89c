// describe, it, the hooks and mock functions. The host's functions: enter(name, mode), leave(), add(name, fn, mode, timeout),
// hook(kind, fn, timeout), milliseconds(duration).
(host) => {
  const optionsOf = (options) => typeof options === "object" && options !== null ? options : { timeout: options };

  // named gives what it.each says of one row: %s and the like, and $name of an object.
  function named(name, args, index) {
    let i = 0;
    const text = name.replace(/%([%sdifjop#])/g, (all, kind) => {
      if (kind === "%") return "%";
      if (kind === "#") return index;
      const v = args[i++];
      if (kind === "d" || kind === "i" || kind === "f") return kind === "i" ? Math.trunc(v) : Number(v);
      return kind === "s" ? String(v) : kind === "j" ? JSON.stringify(v) : host.show(v);
    });
    const row = args[0];
    if (row === null || typeof row !== "object") return text;
    return text.replace(/\$([A-Za-z_$][\w.$]*)/g, (all, path) => {
      const v = path.split(".").reduce((o, key) => o?.[key], row);
      return v === undefined ? all : typeof v === "string" ? v : host.show(v);
    });
  }

  // family makes a function with its .only, .skip, .todo, .each and so on of make(name, fn, mode, options).
  function family(make, modes) {
    const withMode = (mode) => {
      const call = (name, ...rest) => {
        const [fn, options] = typeof rest[0] === "function" || rest[0] === undefined ? rest : [rest[1], rest[0]]; // either order
        make(label(name), fn, mode, optionsOf(options));
      };
      call.each = (rows, ...values) => {
        const table = rows.raw ? fromTemplate(rows, values) : [...rows];
        return (name, ...rest) => table.forEach((row, index) => {
          const args = Array.isArray(row) ? row : [row];
          const [fn, options] = typeof rest[0] === "function" ? rest : [rest[1], rest[0]];
          make(named(label(name), args, index), () => fn(...args), mode, optionsOf(options));
        });
      };
      call.for = call.each;
      call.skipIf = (condition) => withMode(condition ? "skip" : mode);
      call.runIf = (condition) => withMode(condition ? mode : "skip");
      return call;
    };
    const all = withMode("");
    for (const mode of modes) all[mode] = withMode(mode);
    return all;
  }

  const label = (name) => typeof name === "function" ? name.name : String(name);

  // fromTemplate reads the table of it.each`a | b \n ${1} | ${2}`.
  function fromTemplate(strings, values) {
    const names = strings[0].trim().split("|").map((name) => name.trim());
    const rows = [];
    for (let i = 0; i < values.length; i += names.length) rows.push(Object.fromEntries(names.map((name, k) => [name, values[i + k]])));
    return rows;
  }

  const span = (timeout) => timeout === undefined ? 0 : host.milliseconds(timeout);

  const it = family((name, fn, mode, options) => {
    if (mode !== "todo" && typeof fn !== "function") throw new TypeError(`the test "${name}" has no function; it.todo is for those that are to come`);
    host.add(name, fn, mode, span(options.timeout));
  }, ["only", "skip", "todo", "fails"]);

  const describe = family((name, fn, mode) => {
    if (mode !== "todo" && typeof fn !== "function") throw new TypeError(`describe "${name}" has no function`);
    host.enter(name, mode);
    try {
      if (fn?.()?.then) throw new TypeError(`the function of describe "${name}" must not be async: it only names tests`);
    } finally {
      host.leave();
    }
  }, ["only", "skip", "todo"]);

  const hook = (kind) => (fn, timeout) => {
    if (typeof fn !== "function") throw new TypeError(`${kind} takes a function`);
    host.hook(kind, fn, span(timeout));
  };

  // --- mock functions ---

  const restores = [];

  // fn makes a function that keeps its calls.
  function fn(implementation) {
    const once = [];
    let always = implementation;
    const mock = function (...args) {
      mock.mock.calls.push(args);
      mock.mock.contexts.push(this);
      const run = once.length ? once.shift() : always;
      try {
        const value = run?.apply(this, args);
        mock.mock.results.push({ type: "return", value });
        return value;
      } catch (error) {
        mock.mock.results.push({ type: "throw", value: error });
        throw error;
      }
    };
    const set = (list) => (f) => { list(f); return mock; };
    const keep = set((f) => { always = f; }), next = set((f) => once.push(f));
    return Object.assign(mock, {
      mock: { calls: [], results: [], contexts: [], get lastCall() { return this.calls.at(-1); } },
      mockImplementation: keep,
      mockImplementationOnce: next,
      mockReturnValue: (v) => keep(() => v),
      mockReturnValueOnce: (v) => next(() => v),
      mockResolvedValue: (v) => keep(async () => v),
      mockResolvedValueOnce: (v) => next(async () => v),
      mockRejectedValue: (e) => keep(async () => { throw e; }),
      mockRejectedValueOnce: (e) => next(async () => { throw e; }),
      mockClear: set(() => { mock.mock.calls.length = mock.mock.results.length = mock.mock.contexts.length = 0; }),
      mockReset: () => { mock.mockClear(); once.length = 0; always = implementation; return mock; },
      getMockImplementation: () => always,
    });
  }

  // spyOn replaces a method by a mock function that calls it, until the test is over.
  function spyOn(object, name) {
    const original = object[name], own = Object.hasOwn(object, name);
    if (typeof original !== "function") throw new TypeError(`spyOn: there is no method ${String(name)}`);
    const spy = fn(original);
    spy.mockRestore = () => {
      if (own) object[name] = original;
      else delete object[name];
    };
    object[name] = spy;
    restores.push(spy.mockRestore);
    return spy;
  }

  // restore undoes the spying of a test.
  const restore = () => { while (restores.length) restores.pop()(); };

  return {
    names: {
      describe, it, test: it, fn, spyOn,
      beforeAll: hook("beforeAll"), beforeEach: hook("beforeEach"), afterEach: hook("afterEach"), afterAll: hook("afterAll"),
    },
    restore,
  };
}
