// SubtleCrypto and CryptoKey (Web Cryptography). Algorithms are normalized and keys are checked here; the work is done by
// host.run, which copies what it needs at once and gives a promise.
(function (host) {
  "use strict";
  const { algorithms, fields, formats, jwk } = host.parts(); // of algorithms.js
  const { apply, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const { DOMException, TypeError, Number, Object, Array, JSON } = globalThis;
  const { isView } = ArrayBuffer, { parse, stringify } = JSON;
  const TypedArray = getPrototypeOf(Uint8Array.prototype);
  const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
  const kindOf = getter(TypedArray, Symbol.toStringTag), lengthOf = getter(ArrayBuffer.prototype, "byteLength");
  const ofTyped = ["buffer", "byteOffset", "byteLength"].map((name) => getter(TypedArray, name));
  const ofData = ["buffer", "byteOffset", "byteLength"].map((name) => getter(DataView.prototype, name));
  const usageNames = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];
  let making = false;

  const fail = (name, message) => { throw new DOMException(message, name); };

  // ---- what dictionaries hold ----

  // view is a buffer with what of it is meant, as the host takes it.
  function view(value, what) {
    if (isView(value)) {
      const [buffer, offset, length] = apply(kindOf, value, []) === undefined ? ofData : ofTyped;
      return [apply(buffer, value, []), apply(offset, value, []), apply(length, value, [])];
    }
    try {
      return [value, 0, apply(lengthOf, value, [])];
    } catch {
      throw new TypeError(`${what} must be an ArrayBuffer, a typed array or a DataView`);
    }
  }
  function integer(value, what, most) {
    const n = Math.trunc(Number(value));
    if (!(n >= 0 && n <= most)) throw new TypeError(`${what} must be an integer from 0 to ${most}`);
    return n + 0;
  }
  const convert = {
    hash: (value) => ({ name: normalize("digest", value).name }),
    bytes: view,
    text: (value) => `${value}`,
    octet: (value, what) => integer(value, what, 255),
    short: (value, what) => integer(value, what, 65535),
    long: (value, what) => integer(value, what, 4294967295),
    exponent: (value, what) => {
      if (!isView(value) || apply(kindOf, value, []) !== "Uint8Array") throw new TypeError(`${what} must be a Uint8Array`);
      return new Uint8Array(value);
    },
    key: (value, what) => {
      if (!is(value)) throw new TypeError(`${what} must be a CryptoKey`);
      return value;
    },
  };

  // normalize reads an algorithm for an operation (18.4.4): its name as the standard spells it, and its parameters.
  function normalize(operation, algorithm) {
    const given = typeof algorithm === "object" && algorithm !== null ? algorithm : { name: algorithm };
    if (given.name === undefined) throw new TypeError("the algorithm must have a name");
    const wanted = `${given.name}`.toUpperCase();
    for (const name in algorithms) {
      const shape = algorithms[name][operation];
      if (name.toUpperCase() !== wanted || shape === undefined) continue;
      const normalized = { __proto__: null, name };
      for (const field of fields[shape]) read(normalized, given, field, name);
      return normalized;
    }
    fail("NotSupportedError", `the algorithm "${given.name}" is not supported for ${operation}`);
  }
  function read(normalized, given, [field, kind, optional], name) {
    const value = given[field];
    if (value !== undefined) normalized[field] = convert[kind](value, `${field} of ${name}`);
    else if (!optional) throw new TypeError(`${name} needs ${field}`);
  }

  function usagesOf(given) {
    const found = new Set();
    for (const usage of given) {
      const text = `${usage}`;
      if (!usageNames.includes(text)) throw new TypeError(`"${text}" is no key usage`);
      found.add(text);
    }
    return usageNames.filter((usage) => found.has(usage));
  }
  function only(usages, allowed, name) {
    for (const usage of usages) if (!allowed.includes(usage)) fail("SyntaxError", `a key of ${name} is not for ${usage}`);
  }

  // ---- keys ----

  class CryptoKey {
    #shown; #inner;
    constructor(shown, inner) {
      if (!making) throw new TypeError("CryptoKey has no constructor: use crypto.subtle");
      this.#shown = shown;
      this.#inner = inner;
    }
    get type() { return this.#inner.type; }
    get extractable() { return this.#inner.extractable; }
    get algorithm() { return this.#shown.algorithm; }
    get usages() { return this.#shown.usages; }
    static is(value) { return typeof value === "object" && value !== null && #inner in value; }
    static inner(key) { return key.#inner; }
  }
  const { is, inner: innerOf } = CryptoKey;
  delete CryptoKey.is;
  delete CryptoKey.inner;

  // makeKey makes a key. What it was made with is kept apart from the objects that a script sees and may change.
  function makeKey(type, extractable, algorithm, usages, material) {
    const shown = { ...algorithm };
    if (algorithm.hash) shown.hash = { name: algorithm.hash.name };
    if (algorithm.publicExponent) shown.publicExponent = new Uint8Array(algorithm.publicExponent);
    const inner = { __proto__: null, type, extractable: type === "public" || Boolean(extractable), algorithm, usages: [...usages], material };
    making = true;
    try {
      return new CryptoKey({ algorithm: shown, usages: [...usages] }, inner);
    } finally {
      making = false;
    }
  }

  // may takes a key for an operation, whose algorithm and usages must fit.
  function may(key, usage, name) {
    const made = innerOf(key);
    if (name !== undefined && made.algorithm.name !== name) fail("InvalidAccessError", `the key is of ${made.algorithm.name}, not of ${name}`);
    if (!made.usages.includes(usage)) fail("InvalidAccessError", `the key is not for ${usage}`);
    return made;
  }
  function typed(made, type, what) {
    if (made.type !== type) fail("InvalidAccessError", `${what} takes a ${type} key, not a ${made.type} one`);
  }

  function run(operation, normalized, key, more) {
    const params = { __proto__: null, ...normalized, ...more };
    const { algorithm, material } = innerOf(key);
    params.material = material;
    params.hash = normalized.hash?.name ?? algorithm.hash?.name;
    if (normalized.public) params.public = innerOf(normalized.public).material;
    return host.run(operation, params);
  }

  // ---- making keys ----

  const aesLengths = [128, 192, 256], curves = ["P-256", "P-384", "P-521"];
  const blocks = { __proto__: null, "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };

  // keyLength is "get key length" (in bits) of an algorithm for secret keys.
  function keyLength(a) {
    if (a.name.startsWith("AES-")) {
      if (!aesLengths.includes(a.length)) fail("OperationError", `a key of ${a.name} has 128, 192 or 256 bits, not ${a.length}`);
      return a.length;
    }
    if (a.name !== "HMAC") return null;
    if (a.length === undefined) return blocks[a.hash.name];
    if (a.length === 0) fail("OperationError", "a key of HMAC has at least one bit");
    return a.length;
  }

  function checkCurve(a) {
    if (a.namedCurve !== undefined && !curves.includes(a.namedCurve)) fail("NotSupportedError", `the curve "${a.namedCurve}" is not supported`);
  }

  // own are the fields that a key's algorithm shows.
  function own(a, more) {
    const shown = { name: a.name };
    for (const field of ["modulusLength", "publicExponent", "hash", "namedCurve"]) if (a[field] !== undefined) shown[field] = a[field];
    return { ...shown, ...more };
  }

  async function generate(a, extractable, usages) {
    const { secret, public: verifying, private: signing } = algorithms[a.name].usages;
    only(usages, secret ?? [...verifying, ...signing], a.name);
    if (secret) {
      const length = keyLength(a);
      if (usages.length === 0) fail("SyntaxError", "a secret key needs a usage");
      const handle = await host.run("generate", { name: a.name, length });
      return makeKey("secret", extractable, own(a, { length }), usages, handle);
    }
    checkCurve(a);
    const exponent = a.publicExponent && [...a.publicExponent].reduce((sum, byte) => sum * 256 + byte, 0);
    const [open, closed] = await host.run("generate", { name: a.name, modulusLength: a.modulusLength, exponent, namedCurve: a.namedCurve });
    const kept = usages.filter((usage) => signing.includes(usage));
    if (kept.length === 0) fail("SyntaxError", "a private key needs a usage");
    return {
      publicKey: makeKey("public", true, own(a), usages.filter((usage) => verifying.includes(usage)), open),
      privateKey: makeKey("private", extractable, own(a), kept, closed),
    };
  }

  async function importKey(format, data, a, extractable, usages) {
    const { type, params, check } = formats.read({ format, data, a, extractable, usages, allowed: algorithms[a.name].usages, only, fail, jwk, view });
    checkCurve(a);
    const { handle, bits, exponent } = await host.run("import", { ...params, name: a.name, namedCurve: a.namedCurve, type, length: a.length, hash: a.hash?.name });
    check?.(bits);
    if (type !== "public" && usages.length === 0) fail("SyntaxError", `a ${type} key needs a usage`);
    const shown = a.name.startsWith("RSA") ? { modulusLength: bits, publicExponent: new Uint8Array(exponent) }
      : a.name === "HMAC" || a.name.startsWith("AES-") ? { length: bits } : {};
    return makeKey(type, extractable, own(a, shown), usages, handle);
  }

  async function exportKey(format, key) {
    const made = innerOf(key);
    if (algorithms[made.algorithm.name].exportKey === undefined) fail("NotSupportedError", `a key of ${made.algorithm.name} cannot be exported`);
    if (!made.extractable) fail("InvalidAccessError", "the key is not extractable");
    formats.checkExport(format, made, fail);
    const result = await host.run("export", { format, name: made.algorithm.name, type: made.type, material: made.material });
    return format === "jwk" ? jwk.complete(result, made) : result;
  }

  async function derive(a, key, length) {
    const made = innerOf(key);
    if (a.public) {
      const other = innerOf(a.public);
      typed(made, "private", a.name);
      typed(other, "public", a.name);
      if (other.algorithm.name !== made.algorithm.name || other.algorithm.namedCurve !== made.algorithm.namedCurve) {
        fail("InvalidAccessError", "both keys must be of the same algorithm and curve");
      }
    } else if (length === null || length % 8 !== 0) fail("OperationError", `${a.name} needs a length that is a multiple of 8`);
    return run("derive", a, key, { bits: length });
  }

  function formatOf(format) {
    const text = `${format}`;
    if (!["raw", "pkcs8", "spki", "jwk"].includes(text)) throw new TypeError(`"${text}" is no key format`);
    return text;
  }
  function need(args, n, name) {
    if (args.length < n) throw new TypeError(`${name} needs ${n} arguments, but got ${args.length}`);
  }
  function keyArgument(value) {
    if (!is(value)) throw new TypeError("the key must be a CryptoKey");
    return value;
  }

  class SubtleCrypto {
    #brand;
    constructor() {
      if (!making) throw new TypeError("SubtleCrypto has no constructor: use crypto.subtle");
    }
    async digest(algorithm, data) {
      this.#brand;
      need(arguments, 2, "digest");
      const a = normalize("digest", algorithm);
      return host.run("digest", { hash: a.name, data: view(data, "the data") });
    }
    async encrypt(algorithm, key, data) {
      this.#brand;
      need(arguments, 3, "encrypt");
      const a = normalize("encrypt", algorithm), made = may(keyArgument(key), "encrypt", a.name);
      if (a.name === "RSA-OAEP") typed(made, "public", a.name);
      return run("encrypt", a, key, { data: view(data, "the data") });
    }
    async decrypt(algorithm, key, data) {
      this.#brand;
      need(arguments, 3, "decrypt");
      const a = normalize("encrypt", algorithm), made = may(keyArgument(key), "decrypt", a.name);
      if (a.name === "RSA-OAEP") typed(made, "private", a.name);
      return run("decrypt", a, key, { data: view(data, "the data") });
    }
    async sign(algorithm, key, data) {
      this.#brand;
      need(arguments, 3, "sign");
      const a = normalize("sign", algorithm), made = may(keyArgument(key), "sign", a.name);
      if (a.name !== "HMAC") typed(made, "private", "sign");
      return run("sign", a, key, { data: view(data, "the data") });
    }
    async verify(algorithm, key, signature, data) {
      this.#brand;
      need(arguments, 4, "verify");
      const a = normalize("sign", algorithm), made = may(keyArgument(key), "verify", a.name);
      if (a.name !== "HMAC") typed(made, "public", "verify");
      return run("verify", a, key, { signature: view(signature, "the signature"), data: view(data, "the data") });
    }
    async generateKey(algorithm, extractable, keyUsages) {
      this.#brand;
      need(arguments, 3, "generateKey");
      const usages = usagesOf(keyUsages);
      return generate(normalize("generateKey", algorithm), extractable, usages);
    }
    async importKey(format, keyData, algorithm, extractable, keyUsages) {
      this.#brand;
      need(arguments, 5, "importKey");
      const name = formatOf(format), usages = usagesOf(keyUsages);
      return importKey(name, keyData, normalize("importKey", algorithm), Boolean(extractable), usages);
    }
    async exportKey(format, key) {
      this.#brand;
      need(arguments, 2, "exportKey");
      return exportKey(formatOf(format), keyArgument(key));
    }
    async deriveBits(algorithm, baseKey, length = null) {
      this.#brand;
      need(arguments, 2, "deriveBits");
      const a = normalize("deriveBits", algorithm), bits = length === null ? null : integer(length, "the length", 4294967295);
      may(keyArgument(baseKey), "deriveBits", a.name);
      return derive(a, baseKey, bits);
    }
    async deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
      this.#brand;
      need(arguments, 5, "deriveKey");
      const usages = usagesOf(keyUsages), a = normalize("deriveBits", algorithm);
      const imported = normalize("importKey", derivedKeyType), length = keyLength(normalize("getKeyLength", derivedKeyType));
      may(keyArgument(baseKey), "deriveKey", a.name);
      const secret = await derive(a, baseKey, length);
      return importKey("raw", secret, imported, Boolean(extractable), usages);
    }
    async wrapKey(format, key, wrappingKey, wrapAlgorithm) {
      this.#brand;
      need(arguments, 4, "wrapKey");
      const name = formatOf(format), a = wrapping(wrapAlgorithm);
      may(keyArgument(wrappingKey), "wrapKey", a.name);
      const exported = await exportKey(name, keyArgument(key));
      const data = name === "jwk" ? host.encode(stringify(exported)) : exported;
      return run("encrypt", a, wrappingKey, { data: view(data, "the key") });
    }
    async unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable, keyUsages) {
      this.#brand;
      need(arguments, 7, "unwrapKey");
      const name = formatOf(format), usages = usagesOf(keyUsages), a = wrapping(unwrapAlgorithm);
      const imported = normalize("importKey", unwrappedKeyAlgorithm);
      may(keyArgument(unwrappingKey), "unwrapKey", a.name);
      const data = await run("decrypt", a, unwrappingKey, { data: view(wrappedKey, "the wrapped key") });
      let key = data;
      if (name === "jwk") {
        try { key = parse(host.decode(data)); } catch { fail("DataError", "what was wrapped is no JSON Web Key"); }
      }
      return importKey(name, key, imported, Boolean(extractable), usages);
    }
  }

  // wrapping is an algorithm for keys, or one that encrypts.
  function wrapping(algorithm) {
    const name = typeof algorithm === "object" && algorithm !== null ? algorithm.name : algorithm;
    return normalize(`${name}`.toUpperCase() === "AES-KW" ? "wrapKey" : "encrypt", algorithm);
  }

  for (const C of [SubtleCrypto, CryptoKey]) {
    defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, writable: false, enumerable: false, configurable: true });
  }
  defineProperty(CryptoKey, "length", { value: 0, configurable: true });
  making = true;
  const subtle = new SubtleCrypto();
  making = false;
  return { subtle, SubtleCrypto, CryptoKey };
})
