test("parts of all kinds are joined", async () => {
  const blob = new Blob(["a\u00e9", new Uint8Array([1, 2, 3]).subarray(1), new Uint8Array([66]).buffer, new Blob(["z"]), 5, "\ud800"], { type: "Text/PLAIN" });
  equal([blob.size, blob.type], [3 + 2 + 1 + 1 + 1 + 3, "text/plain"]);
  equal(Array.from(new Uint8Array(await blob.arrayBuffer())), [97, 195, 169, 2, 3, 66, 122, 53, 0xef, 0xbf, 0xbd]);
  equal(await blob.slice(0, 3).text(), "a\u00e9");
  equal([new Blob().size, new Blob([]).type, new Blob(["x"], { type: "\u00e9" }).type], [0, "", ""]);
});

test("slices", async () => {
  const blob = new Blob(["hello", " ", "world"]);
  const texts = [];
  for (const [a, b] of [[0, 5], [4, 7], [-5, undefined], [-5, -3], [3, 2], [100, 200], [NaN, 2], [2.9, 4.9], [1.5, 4.5]]) texts.push(await blob.slice(a, b).text());
  equal(texts, ["hello", "o w", "world", "wo", "", "", "he", "lo", "ll"]);
  equal(blob.slice(0, 1, "a/B").type, "a/b");
  equal(await blob.slice(2).slice(1, 6).text(), "lo wo");
});

test("what it was made of may change", async () => {
  const bytes = new Uint8Array([97, 98]), blob = new Blob([bytes]);
  bytes[0] = 120;
  equal(await blob.text(), "ab");
  const buffer = await blob.arrayBuffer();
  new Uint8Array(buffer)[0] = 121;
  equal(await blob.text(), "ab");
});

test("streams", async () => {
  let size = 0, chunks = 0;
  for await (const chunk of new Blob([new Uint8Array(200000)]).stream()) {
    size += chunk.length;
    chunks++;
  }
  equal([size, chunks > 2], [200000, true]);
  const reader = new Blob(["abc"]).stream().getReader();
  equal((await reader.read()).value, new Uint8Array([97, 98, 99]));
  equal((await reader.read()).done, true);
});

test("text is decoded, a byte order mark goes", async () => {
  equal(await new Blob([new Uint8Array([0xef, 0xbb, 0xbf, 97, 0xff])]).text(), "a\ufffd");
});

test("files", async () => {
  const file = new File(["x"], "n\u00e4me.txt", { type: "text/x", lastModified: 1000 });
  equal([file.name, file.type, file.size, file.lastModified, file instanceof Blob, String(file)], ["n\u00e4me.txt", "text/x", 1, 1000, true, "[object File]"]);
  equal(Math.abs(new File([], "n").lastModified - Date.now()) < 5000, true);
  equal(file.slice(0, 1) instanceof File, false);
});

test("wrong arguments", () => {
  for (const wrong of ["text", 5, null, {}]) throws(() => new Blob(wrong), "TypeError");
  throws(() => new Blob([], 5), "TypeError");
  throws(() => new Blob([], { endings: "x" }), "TypeError");
  throws(() => new File([]), "TypeError");
  throws(() => new File("x", "n"), "TypeError");
});
