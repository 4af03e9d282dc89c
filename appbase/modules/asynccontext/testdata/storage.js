const store = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("over awaits, side by side", async () => {
  const seen = [];
  const work = async (name) => {
    for (let i = 0; i < 3; i++) {
      await sleep(1);
      seen.push(name === store.getStore());
    }
    return store.getStore();
  };
  equal(await Promise.all([store.run("a", work, "a"), store.run("b", work, "b"), work(undefined)]), ["a", "b", undefined]);
  equal(seen, Array(9).fill(true));
  equal(store.getStore(), undefined);
});

test("over then, catch, finally and thenables", async () => {
  const seen = [];
  await store.run(1, () => Promise.reject(new Error("x")).catch(() => seen.push(store.getStore())).finally(() => seen.push(store.getStore())).then(() => seen.push(store.getStore())));
  equal(seen, [1, 1, 1]);
});

test("a promise made elsewhere goes on where it was awaited", async () => {
  let settle;
  const shared = new Promise((resolve) => { settle = resolve; });
  const first = store.run(1, async () => { await shared; return store.getStore(); });
  const second = store.run(2, () => shared.then(() => store.getStore()));
  store.run(3, () => settle());
  equal(await Promise.all([first, second]), [1, 2]);
});

test("timers and microtasks", async () => {
  const seen = await store.run("t", () => Promise.all([
    new Promise((resolve) => setTimeout(() => resolve(store.getStore()), 1)),
    new Promise((resolve) => queueMicrotask(() => resolve(store.getStore()))),
    new Promise((resolve) => { const id = setInterval(() => { clearInterval(id); resolve(store.getStore()); }, 1); }),
  ]));
  equal(seen, ["t", "t", "t"]);
});

test("generators, asynchronous ones too", async () => {
  async function* numbers() {
    yield store.getStore();
    await sleep(1);
    yield store.getStore();
  }
  equal(await store.run(7, async () => { const all = []; for await (const n of numbers()) all.push(n); return all; }), [7, 7]);
});

test("nested, exit, and what is thrown", () => {
  equal(store.run(1, () => [store.run(2, () => store.getStore()), store.getStore(), store.exit(() => store.getStore()), store.getStore()]), [2, 1, undefined, 1]);
  throws(() => store.run(1, () => { throw new RangeError("x"); }), "RangeError");
  equal(store.getStore(), undefined);
  equal(store.run(1, (a, b) => a + b, 2, 3), 5);
  throws(() => store.run(1), "TypeError");
});

test("storages do not know of each other", () => {
  const other = new AsyncLocalStorage({ defaultValue: "d", name: "other" });
  equal([other.name, other.getStore()], ["other", "d"]);
  equal(store.run(1, () => other.run(undefined, () => [store.getStore(), other.getStore()])), [1, undefined]);
});

test("bind and snapshot", async () => {
  const bound = store.run("b", () => AsyncLocalStorage.bind(function (x) { return [this?.who, store.getStore(), x]; }));
  equal(bound.call({ who: "me" }, 1), ["me", "b", 1]);
  const inside = store.run("s", () => AsyncLocalStorage.snapshot());
  equal(store.run("other", () => inside((x) => [store.getStore(), x], 2)), ["s", 2]);
  const resource = store.run("r", () => new AsyncResource("R"));
  equal([resource.type, resource.runInAsyncScope((x) => [store.getStore(), x], null, 3)], ["R", ["r", 3]]);
  equal(store.run("c", () => AsyncResource.bind(() => store.getStore()))(), "c");
});

test("enterWith holds for what follows", async () => {
  const after = store.run("outer", async () => {
    store.enterWith("entered");
    await sleep(1);
    return store.getStore();
  });
  equal(store.getStore(), undefined);
  equal(await after, "entered");
});

test("disable forgets", () => {
  const own = new AsyncLocalStorage();
  equal(own.run(1, () => { own.disable(); return own.getStore(); }), undefined);
  equal(own.run(2, () => own.getStore()), 2);
});

test("the bound", () => {
  const deep = (n) => n === 0 ? 0 : new AsyncLocalStorage().run(n, deep, n - 1);
  equal(deep(200), 0);
  throws(() => deep(300), "RangeError");
});
