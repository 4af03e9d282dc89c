/** Random numbers that nobody can foresee. */
interface Crypto {
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

declare var Crypto: { prototype: Crypto };
declare var crypto: Crypto;
