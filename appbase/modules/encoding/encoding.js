// TextEncoder, TextDecoder, atob and btoa. The host's functions get views as buffer, offset and length, read with the
// engine's own getters, which no script can replace; a buffer comes alone.
(function (host) {
  "use strict";
  const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const { DOMException, Uint8Array, DataView, RangeError } = globalThis;
  const { isView } = ArrayBuffer;
  const TypedArray = getPrototypeOf(Uint8Array.prototype);
  const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
  const kindOf = getter(TypedArray, Symbol.toStringTag);
  const isBuffer = getter(ArrayBuffer.prototype, "byteLength");
  const ofTyped = { buffer: getter(TypedArray, "buffer"), offset: getter(TypedArray, "byteOffset"), length: getter(TypedArray, "byteLength") };
  const data = DataView.prototype;
  const ofData = { buffer: getter(data, "buffer"), offset: getter(data, "byteOffset"), length: getter(data, "byteLength") };
  const none = [];

  function checkBuffer(input) {
    try {
      apply(isBuffer, input, none);
    } catch {
      throw new TypeError("the first argument of TextDecoder.decode must be an ArrayBuffer, a typed array or a DataView");
    }
  }

  function dictionary(options, name) {
    if (options === undefined || options === null) return none;
    if (typeof options !== "object" && typeof options !== "function") throw new TypeError(`the options of ${name} must be an object`);
    return options;
  }

  class TextEncoder {
    #brand;
    get encoding() { this.#brand; return "utf-8"; }
    encode(input = "") {
      this.#brand;
      return new Uint8Array(host.encode(`${input}`));
    }
    encodeInto(source, destination) {
      this.#brand;
      if (arguments.length < 2) throw new TypeError(`TextEncoder.encodeInto needs 2 arguments, but got ${arguments.length}`);
      const text = `${source}`;
      if (!isView(destination) || apply(kindOf, destination, none) !== "Uint8Array") {
        throw new TypeError("the second argument of TextEncoder.encodeInto must be a Uint8Array");
      }
      const { buffer, offset, length } = ofTyped;
      const done = host.encodeInto(text, apply(buffer, destination, none), apply(offset, destination, none), apply(length, destination, none));
      return { read: done[0], written: done[1] };
    }
  }

  class TextDecoder {
    #decoder; #fatal; #ignoreBOM;
    constructor(label = "utf-8", options = undefined) {
      const given = dictionary(options, "TextDecoder"), name = `${label}`;
      this.#fatal = Boolean(given.fatal);
      this.#ignoreBOM = Boolean(given.ignoreBOM);
      this.#decoder = host.decoder(name, this.#fatal, this.#ignoreBOM);
      if (this.#decoder === null) throw new RangeError(`the encoding "${name}" is not supported`);
    }
    get encoding() { return host.describe(this.#decoder); }
    get fatal() { this.#decoder; return this.#fatal; }
    get ignoreBOM() { this.#decoder; return this.#ignoreBOM; }
    decode(input = undefined, options = undefined) {
      const decoder = this.#decoder;
      const stream = options === undefined ? false : Boolean(dictionary(options, "TextDecoder.decode").stream);
      if (input === undefined) return host.decode(decoder, stream);
      if (!isView(input)) {
        checkBuffer(input);
        return host.decode(decoder, stream, input);
      }
      const { buffer, offset, length } = apply(kindOf, input, none) === undefined ? ofData : ofTyped;
      return host.decode(decoder, stream, apply(buffer, input, none), apply(offset, input, none), apply(length, input, none));
    }
  }

  const functions = {
    atob(data) {
      if (arguments.length < 1) throw new TypeError("atob needs 1 argument, but got 0");
      const text = host.atob(`${data}`);
      if (text === null) throw new DOMException("the text given to atob is not correctly encoded base64", "InvalidCharacterError");
      return text;
    },
    btoa(data) {
      if (arguments.length < 1) throw new TypeError("btoa needs 1 argument, but got 0");
      const text = host.btoa(`${data}`);
      if (text === null) throw new DOMException("the text given to btoa has characters beyond U+00FF", "InvalidCharacterError");
      return text;
    },
  };

  for (const [prototype, tag] of [[TextEncoder.prototype, "TextEncoder"], [TextDecoder.prototype, "TextDecoder"]]) {
    defineProperty(prototype, Symbol.toStringTag, { value: tag, writable: false, enumerable: false, configurable: true });
  }
  return { TextEncoder, TextDecoder, atob: functions.atob, btoa: functions.btoa };
})
