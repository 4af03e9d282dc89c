/** Turns text into UTF-8. Lone surrogates become U+FFFD. */
interface TextEncoder {
  /** "utf-8" */
  readonly encoding: string;
  encode(input?: string): Uint8Array;
  /** Writes as many whole characters as fit; read counts UTF-16 code units, written bytes. */
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}

declare var TextEncoder: {
  prototype: TextEncoder;
  new (): TextEncoder;
};

/** Turns bytes into text. */
interface TextDecoder {
  /** "utf-8", "utf-16le", "utf-16be" or "windows-1252" */
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  /** With stream, bytes at the end that are the start of a character wait for the next call. At most 64 MiB at once. */
  decode(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}

declare var TextDecoder: {
  prototype: TextDecoder;
  /**
   * label is any of the standard's names for UTF-8 (the default), UTF-16 or windows-1252, "latin1" say; others throw a
   * RangeError. With fatal, malformed bytes throw a TypeError instead of becoming U+FFFD. With ignoreBOM, a byte order
   * mark at the start stays.
   */
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
};

/** Decodes base64 to a text whose characters are bytes. An InvalidCharacterError (DOMException) if it is none. */
declare function atob(data: string): string;

/** Encodes a text whose characters are bytes. An InvalidCharacterError (DOMException) for characters beyond U+00FF. */
declare function btoa(data: string): string;
