// MD5 (RFC 1321), which the list's userAgentTag is made with. It protects nothing.

const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** The digest of a text's UTF-8, in hexadecimal. */
export function md5(text: string): string {
  const blocks = padded(new TextEncoder().encode(text));
  const sum = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  for (let at = 0; at < blocks.byteLength; at += 64) mix(sum, new DataView(blocks, at, 64));
  return Array.from(new Uint8Array(sum.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function padded(bytes: Uint8Array): ArrayBuffer {
  const blocks = new ArrayBuffer((Math.floor((bytes.length + 8) / 64) + 1) * 64);
  const view = new Uint8Array(blocks);
  view.set(bytes);
  view[bytes.length] = 0x80;
  new DataView(blocks).setUint32(blocks.byteLength - 8, bytes.length * 8, true);
  return blocks;
}

function mix(sum: Uint32Array, block: DataView) {
  let [a, b, c, d] = sum;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const [f, word] = [
      [(b & c) | (~b & d), i], [(d & b) | (~d & c), 5 * i + 1], [b ^ c ^ d, 3 * i + 5], [c ^ (b | ~d), 7 * i],
    ][round];
    const turned = (a + f + SINES[i] + block.getUint32((word % 16) * 4, true)) >>> 0;
    const by = SHIFTS[round][i % 4];
    [a, d, c, b] = [d, c, b, (b + ((turned << by) | (turned >>> (32 - by)))) >>> 0];
  }
  sum[0] += a; sum[1] += b; sum[2] += c; sum[3] += d;
}
