// The names by which a script speaks of where it runs.
(function (host) {
  "use strict";
  const { defineProperty } = Reflect;
  let making = false;

  class Navigator {
    #brand;
    constructor() {
      if (!making) throw new TypeError("Navigator has no constructor: use the global navigator");
    }
    get userAgent() { this.#brand; return host.userAgent(); }
    get hardwareConcurrency() { this.#brand; return host.processors(); }
    get language() { this.#brand; return "en-US"; }
    get languages() { this.#brand; return ["en-US"]; }
  }
  defineProperty(Navigator.prototype, Symbol.toStringTag, { value: "Navigator", writable: false, enumerable: false, configurable: true });
  making = true;
  const navigator = new Navigator();
  making = false;

  return { self: globalThis, Navigator, navigator };
})
