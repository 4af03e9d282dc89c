// TextEncoderStream and TextDecoderStream (Encoding standard 8), CompressionStream and DecompressionStream (Compression
// standard).
const pieceBytes = 64 * 1024; // what the host compresses at once

/** The bytes of a BufferSource as [buffer, offset, length]. */
function sourceOf(chunk, what) {
  if (ArrayBuffer.isView(chunk)) return [chunk.buffer, chunk.byteOffset, chunk.byteLength];
  if (chunk instanceof ArrayBuffer) return [chunk, 0, chunk.byteLength];
  return fail(`${what} takes ArrayBuffers and views of them`);
}

class TextEncoderStream {
  #t;
  constructor() {
    const encoder = new globalThis.TextEncoder();
    let high = ""; // the first half of a character whose second half is in the next chunk
    this.#t = transformPair({
      transform(chunk, controller) {
        let text = high + `${chunk}`;
        const last = text.charCodeAt(text.length - 1);
        high = last >= 0xd800 && last <= 0xdbff ? text[text.length - 1] : "";
        if (high !== "") text = text.slice(0, -1);
        if (text !== "") controller.enqueue(encoder.encode(text));
      },
      flush(controller) { if (high !== "") controller.enqueue(new Uint8Array([0xef, 0xbf, 0xbd])); },
    });
  }
  get encoding() { void this.#t; return "utf-8"; }
  get readable() { return this.#t.readable.self; }
  get writable() { return this.#t.writable.self; }
}
tag(TextEncoderStream, "TextEncoderStream");

class TextDecoderStream {
  #t; #decoder;
  constructor(label = "utf-8", options = undefined) {
    const decoder = this.#decoder = new globalThis.TextDecoder(label, dictionary(options, "the options of a TextDecoderStream"));
    this.#t = transformPair({
      transform(chunk, controller) {
        const [buffer, offset, length] = sourceOf(chunk, "a TextDecoderStream");
        const text = decoder.decode(new Uint8Array(buffer, offset, length), { stream: true });
        if (text !== "") controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== "") controller.enqueue(text);
      },
    });
  }
  get encoding() { return this.#decoder.encoding; }
  get fatal() { return this.#decoder.fatal; }
  get ignoreBOM() { return this.#decoder.ignoreBOM; }
  get readable() { return this.#t.readable.self; }
  get writable() { return this.#t.writable.self; }
}
tag(TextDecoderStream, "TextDecoderStream");

function formatOf(format, what) {
  const name = `${format}`;
  if (!["deflate", "deflate-raw", "gzip"].includes(name)) fail(`the format of a ${what} is "gzip", "deflate" or "deflate-raw", not ${JSON.stringify(name)}`);
  return name;
}

class CompressionStream {
  #t;
  constructor(format) {
    const handle = host.compressor(formatOf(format, "CompressionStream"));
    this.#t = transformPair({
      transform(chunk, controller) {
        const [buffer, offset, length] = sourceOf(chunk, "a CompressionStream");
        for (let at = 0; at < length; at += pieceBytes) {
          const out = host.compress(handle, buffer, offset + at, Math.min(pieceBytes, length - at));
          if (out !== undefined) controller.enqueue(new Uint8Array(out));
        }
      },
      flush(controller) { controller.enqueue(new Uint8Array(host.finish(handle))); },
      cancel() { host.drop(handle); },
    });
  }
  get readable() { return this.#t.readable.self; }
  get writable() { return this.#t.writable.self; }
}
tag(CompressionStream, "CompressionStream");

class DecompressionStream {
  #t;
  constructor(format) {
    const handle = host.decompressor(formatOf(format, "DecompressionStream"));
    // Gives what comes out piece by piece, and waits between pieces while nobody takes them: a few bytes may inflate to
    // gigabytes.
    const drain = async (controller) => {
      try {
        for (let out; (out = host.inflate(handle)) !== undefined;) {
          if (t.readable.controller.queue.length > 0) await this.#room();
          controller.enqueue(new Uint8Array(out));
        }
      } catch (error) {
        host.drop(handle);
        throw error;
      }
    };
    const t = this.#t = transformPair({
      transform(chunk, controller) {
        const [buffer, offset, length] = sourceOf(chunk, "a DecompressionStream");
        host.feed(handle, buffer, offset, length);
        return drain(controller);
      },
      flush(controller) {
        host.end(handle);
        return drain(controller);
      },
      cancel() { host.drop(handle); },
    });
  }
  get readable() { return this.#t.readable.self; }
  get writable() { return this.#t.writable.self; }

  async #room() { while (this.#t.backpressure && this.#t.algorithms !== undefined) await this.#t.changed.promise; }
}
tag(DecompressionStream, "DecompressionStream");
