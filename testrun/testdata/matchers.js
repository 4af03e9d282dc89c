const fails = (assert, message) => {
  let error;
  try { assert(); } catch (e) { error = e; }
  if (!error) throw new Error("this was to fail: " + assert);
  if (message && !error.message.includes(message)) throw new Error("another message: " + error.message);
};
it("is the same", () => {
  const o = {};
  expect(o).toBe(o);
  expect(NaN).toBe(NaN);
  expect(0).not.toBe(-0);
  fails(() => expect({}).toBe({}), "toEqual compares what is in them");
  fails(() => expect(1).not.toBe(1), "expect(received).not.toBe(expected)");
});
it("is equal", () => {
  expect({ a: [1, { b: new Date(5) }], c: undefined }).toEqual({ a: [1, { b: new Date(5) }] });
  expect({ a: 1, c: undefined }).not.toStrictEqual({ a: 1 });
  expect(new (class A { x = 1 })()).toEqual({ x: 1 });
  expect(new (class A { x = 1 })()).not.toStrictEqual({ x: 1 });
  expect(new Map([["k", { v: 1 }]])).toEqual(new Map([["k", { v: 1 }]]));
  expect(new Set([1, { a: 2 }])).toEqual(new Set([{ a: 2 }, 1]));
  expect(new Set([1])).not.toEqual(new Set([2]));
  expect(new Uint8Array([1, 2])).toEqual(new Uint8Array([1, 2]));
  expect(new Uint8Array([1, 2])).not.toEqual(new Uint8Array([1, 3]));
  expect(new Uint8Array([1]).buffer).toEqual(new Uint8Array([1]).buffer);
  expect(/a/g).toEqual(/a/g);
  expect(new Error("x")).toEqual(new Error("x"));
  expect(new Error("x")).not.toEqual(new TypeError("x"));
  expect([1, , 3]).toEqual([1, undefined, 3]);
  expect([1]).not.toEqual({ 0: 1 });
  expect(null).not.toEqual(undefined);
  const a = { n: 1 }; a.self = a;
  const b = { n: 1 }; b.self = b;
  expect(a).toEqual(b);
});
it("matches in part", () => {
  expect({ a: 1, b: { c: 2, d: 3 } }).toMatchObject({ b: { c: 2 } });
  expect([{ a: 1, b: 2 }]).toMatchObject([{ a: 1 }]);
  expect([{ a: 1 }, { a: 2 }]).not.toMatchObject([{ a: 1 }]);
  fails(() => expect({ a: 1, other: "not shown" }).toMatchObject({ a: 2 }), "expected");
  fails(() => expect({ a: 1 }).toMatchObject({ b: 1 }));
});
it("contains", () => {
  expect("hello").toContain("ell");
  expect([1, 2]).toContain(2);
  expect(new Set(["x"])).toContain("x");
  expect([{ a: 1 }]).not.toContain({ a: 1 });
  expect([{ a: 1 }]).toContainEqual({ a: 1 });
  expect("abc").toHaveLength(3);
  expect({ a: { b: [5] } }).toHaveProperty("a.b[0]", 5);
  expect({ a: 1 }).not.toHaveProperty("b");
  expect({ "a.b": 1 }).toHaveProperty(["a.b"]);
  expect("2026-01-01").toMatch(/^\d{4}/);
  fails(() => expect([1]).toHaveLength(2), "a length of 2");
});
it("compares numbers", () => {
  expect(0.1 + 0.2).toBeCloseTo(0.3);
  expect(1.23).not.toBeCloseTo(1.24, 3);
  expect(2).toBeGreaterThan(1);
  expect(2).toBeGreaterThanOrEqual(2);
  expect(1n).toBeLessThan(2n);
  expect(new Date(1)).toBeLessThanOrEqual(new Date(1));
});
it("knows kinds", () => {
  expect(1).toBeTruthy();
  expect("").toBeFalsy();
  expect(null).toBeNull();
  expect(undefined).toBeUndefined();
  expect(0).toBeDefined();
  expect(NaN).toBeNaN();
  expect([]).toBeInstanceOf(Array);
  expect("x").toBeTypeOf("string");
  expect(2).toBeOneOf([1, 2]);
  expect(4).toSatisfy((n) => n % 2 === 0);
});
it("knows what is thrown", () => {
  const f = () => { throw new RangeError("too much of it"); };
  expect(f).toThrow();
  expect(f).toThrow("too much");
  expect(f).toThrow(/of it$/);
  expect(f).toThrow(RangeError);
  expect(f).toThrow(new Error("too much of it"));
  expect(f).toThrow(expect.objectContaining({ name: "RangeError" }));
  expect(f).not.toThrow(TypeError);
  expect(() => {}).not.toThrow();
  fails(() => expect(() => {}).toThrow("x"), "nothing was thrown");
  fails(() => expect(1).toThrow(), "toThrow is for functions");
});
it("waits", async () => {
  await expect(Promise.resolve(1)).resolves.toBe(1);
  await expect(Promise.reject(new TypeError("no"))).rejects.toThrow("no");
  await expect(Promise.reject(new TypeError("no"))).rejects.toBeInstanceOf(TypeError);
  await expect(async () => { throw { code: 5 }; }).rejects.toEqual({ code: 5 });
  await expect(Promise.resolve(1)).resolves.not.toBe(2);
  await expect(expect(Promise.resolve(1)).rejects.toThrow()).rejects.toThrow("was to be rejected");
});
it("takes what stands for values", () => {
  expect({ id: "x1", n: 5, at: new Date(), list: [1, 2, 3], f: () => {} }).toEqual({
    id: expect.stringMatching(/^x/), n: expect.any(Number), at: expect.anything(), list: expect.arrayContaining([3, 1]), f: expect.any(Function),
  });
  expect({ a: 1, b: 2 }).toEqual(expect.objectContaining({ b: 2 }));
  expect({ a: 1 }).toEqual(expect.not.objectContaining({ b: 2 }));
  expect("hello").toEqual(expect.stringContaining("ell"));
  expect(0.30001).toEqual(expect.closeTo(0.3));
  expect([null]).not.toEqual([expect.anything()]);
});
it("mocks", async () => {
  const f = fn((a, b) => a + b);
  expect(f).not.toHaveBeenCalled();
  expect(f(1, 2)).toBe(3);
  f.mockReturnValueOnce(9);
  expect([f(0, 0), f(5, 5)]).toEqual([9, 10]);
  expect(f).toHaveBeenCalledTimes(3);
  expect(f).toHaveBeenCalledWith(1, expect.any(Number));
  expect(f).toHaveBeenLastCalledWith(5, 5);
  expect(f).toHaveBeenNthCalledWith(2, 0, 0);
  expect(f).toHaveReturnedWith(3);
  fails(() => expect(f).toHaveBeenCalledWith(7), "1: (1, 2)");
  await expect(fn().mockRejectedValue(new Error("x"))()).rejects.toThrow("x");
  f.mockClear();
  expect(f.mock.calls).toEqual([]);
});
const counter = { n: 0, add(by) { return (this.n += by); } };
it("spies", () => {
  const spy = spyOn(counter, "add");
  counter.add(2);
  expect(spy).toHaveBeenCalledWith(2);
  expect(counter.n).toBe(2);
});
it("spies no longer", () => expect(counter.add.mock).toBeUndefined());
it("is extended", () => {
  expect.extend({ toBeEven: (v) => ({ pass: v % 2 === 0, message: () => v + " is odd" }) });
  expect(2).toBeEven();
  expect(1).not.toBeEven();
  fails(() => expect(1).toBeEven(), "1 is odd");
});
