(function (host) {
  "use strict";
  const origin = host.origin();
  let making = false;

  class Performance {
    #brand;
    constructor() {
      if (!making) throw new TypeError("Performance has no constructor: use the global performance");
    }
    get timeOrigin() { this.#brand; return origin; }
    now() { this.#brand; return host.now(); }
    toJSON() { this.#brand; return { timeOrigin: origin }; }
  }
  Reflect.defineProperty(Performance.prototype, Symbol.toStringTag, { value: "Performance", writable: false, enumerable: false, configurable: true });
  making = true;
  const performance = new Performance();
  making = false;
  return { performance, Performance };
})
