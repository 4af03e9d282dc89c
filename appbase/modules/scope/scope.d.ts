/** Where the script runs. */
interface Navigator {
  /** "Sigil/" and the server's version. */
  readonly userAgent: string;
  /** How many processors the server may use. */
  readonly hardwareConcurrency: number;
  /** Always "en-US": what toLocaleString takes when no locale is given. */
  readonly language: string;
  readonly languages: readonly string[];
}

declare var Navigator: { prototype: Navigator };
declare var navigator: Navigator;
/** The global object, as in workers of browsers. */
declare var self: typeof globalThis;
