// What each algorithm of Web Cryptography can do, which parameters it takes, and how its keys come in and go out.
(function () {
  "use strict";
  const { keys } = Object, { isArray } = Array;

  // The shapes of parameters: name, kind, and whether it may be left out.
  const fields = {
    none: [],
    hashed: [["hash", "hash"]],
    aes: [["length", "short"]],
    hmac: [["hash", "hash"], ["length", "long", true]],
    rsa: [["modulusLength", "long"], ["publicExponent", "exponent"], ["hash", "hash"]],
    curve: [["namedCurve", "text"]],
    gcm: [["iv", "bytes"], ["additionalData", "bytes", true], ["tagLength", "octet", true]],
    cbc: [["iv", "bytes"]],
    ctr: [["counter", "bytes"], ["length", "octet"]],
    pss: [["saltLength", "long"]],
    oaep: [["label", "bytes", true]],
    agree: [["public", "key"]],
    hkdf: [["hash", "hash"], ["salt", "bytes"], ["info", "bytes"]],
    pbkdf2: [["salt", "bytes"], ["iterations", "long"], ["hash", "hash"]],
  };

  const encrypting = ["encrypt", "decrypt", "wrapKey", "unwrapKey"], deriving = ["deriveKey", "deriveBits"];
  const aes = (encrypt) => ({
    encrypt, generateKey: "aes", importKey: "none", exportKey: "none", getKeyLength: "aes", usages: { secret: encrypting },
  });
  const rsaSigning = (sign) => ({
    sign, generateKey: "rsa", importKey: "hashed", exportKey: "none", usages: { public: ["verify"], private: ["sign"] },
  });
  const stretching = (deriveBits) => ({ deriveBits, importKey: "none", getKeyLength: "none", usages: { secret: deriving } });
  const digest = { digest: "none" };

  const algorithms = {
    __proto__: null,
    "SHA-1": digest, "SHA-256": digest, "SHA-384": digest, "SHA-512": digest,
    HMAC: { sign: "none", generateKey: "hmac", importKey: "hmac", exportKey: "none", getKeyLength: "hmac", usages: { secret: ["sign", "verify"] } },
    "AES-GCM": aes("gcm"), "AES-CBC": aes("cbc"), "AES-CTR": aes("ctr"),
    "AES-KW": { wrapKey: "none", generateKey: "aes", importKey: "none", exportKey: "none", getKeyLength: "aes", usages: { secret: ["wrapKey", "unwrapKey"] } },
    "RSASSA-PKCS1-v1_5": rsaSigning("none"), "RSA-PSS": rsaSigning("pss"),
    "RSA-OAEP": {
      encrypt: "oaep", generateKey: "rsa", importKey: "hashed", exportKey: "none",
      usages: { public: ["encrypt", "wrapKey"], private: ["decrypt", "unwrapKey"] },
    },
    ECDSA: { sign: "hashed", generateKey: "curve", importKey: "curve", exportKey: "none", usages: { public: ["verify"], private: ["sign"] } },
    ECDH: { deriveBits: "agree", generateKey: "curve", importKey: "curve", exportKey: "none", usages: { public: [], private: deriving } },
    Ed25519: { sign: "none", generateKey: "none", importKey: "none", exportKey: "none", usages: { public: ["verify"], private: ["sign"] } },
    X25519: { deriveBits: "agree", generateKey: "none", importKey: "none", exportKey: "none", usages: { public: [], private: deriving } },
    HKDF: stretching("hkdf"), PBKDF2: stretching("pbkdf2"),
  };

  // ---- formats ----

  const isRSA = (name) => name.startsWith("RSA"), isCurve = (name) => name === "ECDSA" || name === "ECDH";

  const formats = {
    // read tells what kind of key is meant, and gives what the host needs to make it.
    read({ format, data, a, extractable, usages, allowed, only, fail, view }) {
      if (format === "jwk" ? typeof data !== "object" || data === null || isBytes(data) : false) {
        throw new TypeError("a JSON Web Key must be an object");
      }
      const bytes = format === "jwk" ? undefined : view(data, "the key");
      const type = kindOf(format, data, a, allowed, fail);
      only(usages, allowed[type], a.name);
      if (a.exportless && extractable) fail("SyntaxError", `a key of ${a.name} cannot be extractable`);
      if (format !== "jwk") return { type, params: { format, data: bytes } };
      const key = jwk.read(data, a, type, usages, extractable, fail);
      return { type, params: { format, jwk: key }, check: (bits) => jwk.checkLength(key, a, bits, fail) };
    },
    checkExport(format, { type, algorithm: { name } }, fail) {
      const fits = { raw: type === "secret" || (type === "public" && !isRSA(name)), spki: type === "public", pkcs8: type === "private", jwk: true }[format];
      if (fits) return;
      if (type === "secret" || (format === "raw" && isRSA(name))) fail("NotSupportedError", `a key of ${name} has no form "${format}"`);
      fail("InvalidAccessError", `a ${type} key has no form "${format}"`);
    },
  };

  function isBytes(data) {
    return ArrayBuffer.isView(data) || data instanceof ArrayBuffer;
  }

  function kindOf(format, data, a, allowed, fail) {
    const { name } = a;
    a.exportless = name === "HKDF" || name === "PBKDF2";
    if (allowed.secret) {
      if (format === "raw" || (format === "jwk" && !a.exportless)) return "secret";
    } else if (format === "spki" || (format === "raw" && !isRSA(name))) return "public";
    else if (format === "pkcs8") return "private";
    else if (format === "jwk") return data.d === undefined ? "public" : "private";
    return fail("NotSupportedError", `a key of ${name} has no form "${format}"`);
  }

  // ---- JSON Web Keys (RFC 7517, RFC 7518) ----

  const hashes = { __proto__: null, "SHA-1": "1", "SHA-256": "256", "SHA-384": "384", "SHA-512": "512" };
  const parts = ["kty", "k", "n", "e", "d", "p", "q", "dp", "dq", "qi", "crv", "x", "y"];

  // algOf are the names by which a JWK may call an algorithm; undefined when any will do.
  function algOf(a, bits) {
    const { name } = a, hash = a.hash && hashes[a.hash.name];
    if (name === "HMAC") return ["HS" + hash];
    if (name === "RSASSA-PKCS1-v1_5") return ["RS" + hash];
    if (name === "RSA-PSS") return ["PS" + hash];
    if (name === "RSA-OAEP") return [hash === "1" ? "RSA-OAEP" : "RSA-OAEP-" + hash];
    if (name === "ECDSA") return [{ "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" }[a.namedCurve]];
    if (name === "Ed25519") return ["Ed25519", "EdDSA"];
    if (name.startsWith("AES-") && bits) return ["A" + bits + name.slice(4)];
    return undefined;
  }
  const ktyOf = (name) => isRSA(name) ? "RSA" : isCurve(name) ? "EC" : name.endsWith("25519") ? "OKP" : "oct";
  const useOf = (name) => name === "HMAC" || name === "ECDSA" || name === "Ed25519" || name === "RSASSA-PKCS1-v1_5" || name === "RSA-PSS" ? "sig" : "enc";

  const jwk = {
    // read checks what a JWK says of itself and gives its parts.
    read(data, a, type, usages, extractable, fail) {
      const key = { __proto__: null, alg: data.alg };
      for (const part of parts) if (data[part] !== undefined) key[part] = `${data[part]}`;
      const { use, key_ops: operations, ext, alg, oth } = data;
      if (key.kty !== ktyOf(a.name)) fail("DataError", `the JSON Web Key has kty "${key.kty}", ${a.name} needs "${ktyOf(a.name)}"`);
      if (usages.length > 0 && use !== undefined && `${use}` !== useOf(a.name)) fail("DataError", `the JSON Web Key is for "${use}"`);
      if (operations !== undefined) checkOperations(operations, usages, fail);
      if (ext === false && extractable) fail("DataError", "the JSON Web Key is not extractable");
      if (oth !== undefined) fail("NotSupportedError", "RSA keys of more than two primes are not supported");
      const names = algOf(a);
      if (alg !== undefined && names && !names.includes(`${alg}`)) fail("DataError", `the JSON Web Key has alg "${alg}", not ${names[0]}`);
      const curve = a.namedCurve ?? (ktyOf(a.name) === "OKP" ? a.name : undefined);
      if (curve !== undefined && key.crv !== curve) fail("DataError", `the JSON Web Key has crv "${key.crv}", not ${curve}`);
      return key;
    },
    // checkLength compares the alg of a key for AES, which names its length.
    checkLength(key, a, bits, fail) {
      const names = a.name.startsWith("AES-") ? algOf(a, bits) : undefined;
      if (names && key.alg !== undefined && key.alg !== names[0]) fail("DataError", `the JSON Web Key has alg "${key.alg}", not ${names[0]}`);
    },
    // complete adds what a JWK says of itself to the parts that the host gave.
    complete(key, { algorithm, usages, extractable }) {
      const names = algorithm.name === "ECDSA" ? undefined : algOf(algorithm, algorithm.length);
      const out = { key_ops: [...usages], ext: extractable };
      for (const part of keys(key)) out[part] = key[part];
      if (names) out.alg = names[0];
      return out;
    },
  };

  function checkOperations(operations, usages, fail) {
    if (!isArray(operations) || new Set(operations).size !== operations.length) fail("DataError", "key_ops must be an array without repetitions");
    for (const usage of usages) if (!operations.includes(usage)) fail("DataError", `the JSON Web Key is not for ${usage}`);
  }

  return { algorithms, fields, formats, jwk };
})
