const texts = (form) => [...form].map(([name, value]) => [name, typeof value === "string" ? value : `${value.name}/${value.type}/${value.size}`]);

test("entries stay in order, names may repeat", () => {
  const form = new FormData();
  form.append("a", 1);
  form.append("b", "two");
  form.append("a", null);
  equal(texts(form), [["a", "1"], ["b", "two"], ["a", "null"]]);
  equal([form.get("a"), form.getAll("a"), form.has("b"), form.get("c"), form.has("c"), form.getAll("c")], ["1", ["1", "null"], true, null, false, []]);
  form.set("a", "x");
  form.set("d", "y");
  equal(texts(form), [["a", "x"], ["b", "two"], ["d", "y"]]);
  form.delete("b");
  equal([...form.keys()], ["a", "d"]);
  equal([...form.values()], ["x", "y"]);
  const seen = [];
  form.forEach(function (value, name, of) { seen.push(name + value + (of === form) + this.t); }, { t: 1 });
  equal(seen, ["axtrue1", "dytrue1"]);
});

test("blobs become files", () => {
  const form = new FormData(), file = new File(["abc"], "f.txt", { type: "text/plain" });
  form.append("file", file);
  form.append("blob", new Blob(["xy"], { type: "a/b" }));
  form.append("named", file, "other.txt");
  same(form.get("file"), file);
  equal(texts(form), [["file", "f.txt/text/plain/3"], ["blob", "blob/a/b/2"], ["named", "other.txt/text/plain/3"]]);
});

test("a form may change while it is iterated", () => {
  const form = new FormData(), seen = [];
  form.append("a", "1");
  for (const [name] of form) {
    seen.push(name);
    if (seen.length < 3) form.append(`n${seen.length}`, "x");
  }
  equal(seen, ["a", "n1", "n2"]);
});

test("wrong arguments", () => {
  const form = new FormData();
  throws(() => new FormData("x"), "TypeError");
  throws(() => form.append("a"), "TypeError");
  throws(() => form.append("a", "text", "name"), "TypeError");
  throws(() => form.get(), "TypeError");
  throws(() => form.forEach(), "TypeError");
  equal(String(form), "[object FormData]");
});
