const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
};
const through = (transform, ...chunks) => collect(ReadableStream.from(chunks).pipeThrough(transform));
const flat = (chunks) => chunks.flatMap((c) => Array.from(c));
const textOf = (chunks) => new TextDecoder().decode(new Uint8Array(flat(chunks)));

test("TextEncoderStream joins halves of characters", async () => {
  equal(flat(await through(new TextEncoderStream(), "a\ud83d", "\ude00", "")), [97, 0xf0, 0x9f, 0x98, 0x80]);
  equal(flat(await through(new TextEncoderStream(), "\ud83d")), [0xef, 0xbf, 0xbd]);
  equal(flat(await through(new TextEncoderStream(), "\ud83d", "x", 5)), [0xef, 0xbf, 0xbd, 120, 53]);
  equal(new TextEncoderStream().encoding, "utf-8");
});

test("TextDecoderStream joins parts of characters", async () => {
  equal((await through(new TextDecoderStream(), new Uint8Array([0xf0, 0x9f]), new Uint8Array([0x98, 0x80, 33]).buffer)).join(""), "\u{1f600}!");
  equal((await through(new TextDecoderStream(), new Uint8Array([97, 0xf0]))).join(""), "a\ufffd");
  await rejects(through(new TextDecoderStream("utf-8", { fatal: true }), new Uint8Array([0xff])), "TypeError");
  await rejects(through(new TextDecoderStream(), "text"), "TypeError");
  throws(() => new TextDecoderStream("nothing"), "RangeError");
  const s = new TextDecoderStream("utf-16le", { fatal: true });
  equal([s.encoding, s.fatal, s.ignoreBOM], ["utf-16le", true, false]);
});

test("what is compressed comes out again", async () => {
  const input = new TextEncoder().encode("hello hello hello ".repeat(20000));
  for (const format of ["gzip", "deflate", "deflate-raw"]) {
    const packed = await through(new CompressionStream(format), input.slice(0, 1000), input.slice(1000).buffer);
    const size = flat(packed).length;
    equal(size > 20 && size < 5000, true, `the size ${size} of ${format}`);
    const out = await through(new DecompressionStream(format), ...packed);
    equal(out.reduce((n, c) => n + c.length, 0), input.length);
    equal(textOf([out[out.length - 1].slice(-12)]), "hello hello ");
  }
});

test("one byte at a time", async () => {
  const packed = flat(await through(new CompressionStream("gzip"), new Uint8Array([1, 2, 3])));
  const out = await through(new DecompressionStream("gzip"), ...packed.map((b) => new Uint8Array([b])));
  equal(flat(out), [1, 2, 3]);
});

test("nothing has a compressed form too", async () => {
  const packed = await through(new CompressionStream("deflate"));
  equal(flat(await through(new DecompressionStream("deflate"), ...packed)), []);
});

test("wrong data, cut data, data behind the end", async () => {
  const packed = new Uint8Array(flat(await through(new CompressionStream("gzip"), new Uint8Array(100))));
  const inflate = (...chunks) => through(new DecompressionStream("gzip"), ...chunks);
  await rejects(inflate(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])), "TypeError");
  await rejects(inflate(packed.slice(0, 12)), "TypeError");
  await rejects(inflate(packed.slice(0, 5)), "TypeError");
  await rejects(inflate(packed, new Uint8Array([1])), "TypeError");
  await rejects(inflate(new Uint8Array([...packed, 1])), "TypeError");
  const broken = packed.slice();
  broken[packed.length - 6] ^= 1;
  await rejects(inflate(broken), "TypeError");
  await rejects(inflate("text"), "TypeError");
  await rejects(through(new CompressionStream("gzip"), "text"), "TypeError");
  throws(() => new CompressionStream("zip"), "TypeError");
  throws(() => new DecompressionStream("zip"), "TypeError");
});
