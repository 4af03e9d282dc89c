/** Random numbers that nobody can foresee, and the algorithms of cryptography. */
interface Crypto {
  /** Digests, signatures, encryption and keys. Every method returns a promise. */
  readonly subtle: SubtleCrypto;
  /**
   * Fills exactly what the view shows and returns it. Typed arrays of integers only, else a TypeMismatchError; at most 65,536
   * bytes, else a QuotaExceededError (both DOMException).
   */
  getRandomValues<
    T extends
      | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | BigInt64Array | BigUint64Array,
  >(array: T): T;
  /** A random UUID (version 4) in lower case. */
  randomUUID(): `${string}-${string}-${string}-${string}-${string}`;
}

type KeyType = "private" | "public" | "secret";
type KeyUsage = "encrypt" | "decrypt" | "sign" | "verify" | "deriveKey" | "deriveBits" | "wrapKey" | "unwrapKey";
type KeyFormat = "raw" | "pkcs8" | "spki" | "jwk";
/** The name of an algorithm, or an object with the name and its parameters: `{ name: "HMAC", hash: "SHA-256" }`. */
type AlgorithmIdentifier = string | { name: string; [parameter: string]: any };

type KeyAlgorithm = { name: string; [parameter: string]: any };

/** A JSON Web Key (RFC 7517). */
type JsonWebKey = { kty?: string; alg?: string; use?: string; key_ops?: string[]; ext?: boolean; [part: string]: any };

type CryptoKeyPair = { publicKey: CryptoKey; privateKey: CryptoKey };

/** A key. What it is made of stays with the server; `crypto.subtle.exportKey` gives it out if it is extractable. */
interface CryptoKey {
  readonly type: KeyType;
  readonly extractable: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly usages: KeyUsage[];
}

/**
 * HMAC, AES-GCM, AES-CBC, AES-CTR, AES-KW, RSASSA-PKCS1-v1_5, RSA-PSS, RSA-OAEP, ECDSA and ECDH (P-256, P-384, P-521), Ed25519,
 * X25519, HKDF, PBKDF2 (at most ten million iterations), with SHA-1, SHA-256, SHA-384 and SHA-512. What fails rejects with a
 * DOMException: NotSupportedError, SyntaxError, DataError, InvalidAccessError (the key does not allow it), OperationError.
 */
interface SubtleCrypto {
  digest(algorithm: AlgorithmIdentifier, data: Bytes): Promise<ArrayBuffer>;
  encrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  decrypt(algorithm: AlgorithmIdentifier, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  /** Signatures of ECDSA are r and s one after the other. */
  sign(algorithm: AlgorithmIdentifier, key: CryptoKey, data: Bytes): Promise<ArrayBuffer>;
  verify(algorithm: AlgorithmIdentifier, key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean>;
  generateKey(algorithm: "Ed25519" | "X25519" | { name: "Ed25519" | "X25519" | "ECDSA" | "ECDH" | "RSA-PSS" | "RSA-OAEP" | "RSASSA-PKCS1-v1_5"; [parameter: string]: any }, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKeyPair>;
  generateKey(algorithm: { name: "HMAC" | "AES-GCM" | "AES-CBC" | "AES-CTR" | "AES-KW"; [parameter: string]: any }, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKey>;
  generateKey(algorithm: AlgorithmIdentifier, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKey | CryptoKeyPair>;
  importKey(format: "jwk", keyData: JsonWebKey, algorithm: AlgorithmIdentifier, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKey>;
  importKey(format: "raw" | "pkcs8" | "spki", keyData: Bytes, algorithm: AlgorithmIdentifier, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKey>;
  importKey(format: KeyFormat, keyData: Bytes | JsonWebKey, algorithm: AlgorithmIdentifier, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKey>;
  exportKey(format: "jwk", key: CryptoKey): Promise<JsonWebKey>;
  exportKey(format: "raw" | "pkcs8" | "spki", key: CryptoKey): Promise<ArrayBuffer>;
  exportKey(format: KeyFormat, key: CryptoKey): Promise<ArrayBuffer | JsonWebKey>;
  deriveBits(algorithm: AlgorithmIdentifier, baseKey: CryptoKey, length?: number | null): Promise<ArrayBuffer>;
  deriveKey(algorithm: AlgorithmIdentifier, baseKey: CryptoKey, derivedKeyType: AlgorithmIdentifier, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKey>;
  wrapKey(format: KeyFormat, key: CryptoKey, wrappingKey: CryptoKey, wrapAlgorithm: AlgorithmIdentifier): Promise<ArrayBuffer>;
  unwrapKey(format: KeyFormat, wrappedKey: Bytes, unwrappingKey: CryptoKey, unwrapAlgorithm: AlgorithmIdentifier, unwrappedKeyAlgorithm: AlgorithmIdentifier, extractable: boolean, keyUsages: Iterable<KeyUsage>): Promise<CryptoKey>;
}

declare var Crypto: { prototype: Crypto };
declare var crypto: Crypto;
declare var SubtleCrypto: { prototype: SubtleCrypto };
declare var CryptoKey: { prototype: CryptoKey };
