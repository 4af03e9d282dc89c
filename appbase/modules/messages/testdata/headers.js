test("names do not care for case, values are joined", () => {
  const h = new Headers({ "Content-Type": "a/b", "X-N": 5 });
  h.append("x-n", "6");
  h.set("ACCEPT", "  text/html\t");
  equal([...h], [["accept", "text/html"], ["content-type", "a/b"], ["x-n", "5, 6"]]);
  equal([h.get("X-n"), h.get("none"), h.has("accept"), h.has("none")], ["5, 6", null, true, false]);
  h.delete("Accept");
  equal([...h.keys()], ["content-type", "x-n"]);
  equal([...h.values()], ["a/b", "5, 6"]);
  equal(String(h), "[object Headers]");
});

test("cookies stand by themselves", () => {
  const h = new Headers([["Set-Cookie", "a=1"], ["b", "2"], ["set-cookie", "c=3"]]);
  equal(h.getSetCookie(), ["a=1", "c=3"]);
  equal([...h], [["b", "2"], ["set-cookie", "a=1"], ["set-cookie", "c=3"]]);
  equal([h.get("set-cookie"), new Headers().getSetCookie()], ["a=1, c=3", []]);
  h.set("set-cookie", "only=1");
  equal(h.getSetCookie(), ["only=1"]);
  equal(new Headers(h).getSetCookie(), ["only=1"]);
});

test("made of Headers, pairs, records and iterables", () => {
  equal([...new Headers(new Headers({ a: "1" }))], [["a", "1"]]);
  equal([...new Headers(new Map([["a", "1"]]))], [["a", "1"]]);
  equal([...new Headers((function* () { yield ["a", "1"]; yield new Set(["b", "2"]); })())], [["a", "1"], ["b", "2"]]);
  equal([...new Headers(undefined)], []);
  equal([...new Headers({ b: "2", a: "1" })], [["a", "1"], ["b", "2"]]);
});

test("wrong names and values", () => {
  for (const name of ["", "a b", "a:", "\u00e9", "a\n"]) throws(() => new Headers().append(name, "x"), "TypeError");
  for (const value of ["a\nb", "a\0", "\u20ac"]) throws(() => new Headers().set("a", value), "TypeError");
  throws(() => new Headers([["a"]]), "TypeError");
  throws(() => new Headers([["a", "b", "c"]]), "TypeError");
  throws(() => new Headers(["ab", "cd"]), "TypeError");
  throws(() => new Headers("text"), "TypeError");
  throws(() => new Headers(null), "TypeError");
  throws(() => new Headers().append("a"), "TypeError");
  throws(() => new Headers().get(), "TypeError");
  throws(() => new Headers().forEach(), "TypeError");
  equal(new Headers({ a: "caf\u00e9" }).get("a"), "caf\u00e9");
  equal(new Headers({ a: "" }).get("a"), "");
});

test("iteration sees changes, forEach has its this", () => {
  const h = new Headers({ a: "1", c: "3" }), seen = [];
  for (const [name] of h) {
    seen.push(name);
    if (name === "a") h.append("b", "2");
  }
  equal(seen, ["a", "b", "c"]);
  h.forEach(function (value, name, of) { seen.push(`${name}${value}${of === h}${this.x}`); }, { x: 1 });
  equal(seen.slice(3), ["a1true1", "b2true1", "c3true1"]);
});

test("names that are symbols", () => {
  throws(() => new Headers({ [Symbol("x")]: "1" }), "TypeError");
  const h = { a: "1" };
  Object.defineProperty(h, Symbol("hidden"), { value: "2" });
  equal([...new Headers(h)], [["a", "1"]]);
});
