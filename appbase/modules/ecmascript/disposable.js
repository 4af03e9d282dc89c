// Explicit resource management (ECMA-262, 20.5.8, 27.3, 27.4).
(function () {
  "use strict";
  const { apply, defineProperty } = Reflect;
  const { TypeError, ReferenceError, Promise } = globalThis;
  const { dispose, asyncDispose, toStringTag } = Symbol;

  function hide(object, key, value) { defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true }); }

  function SuppressedError(error, suppressed, message) {
    const made = Reflect.construct(Error, message === undefined ? [] : [message], new.target ?? SuppressedError);
    hide(made, "error", error);
    hide(made, "suppressed", suppressed);
    return made;
  }
  Object.setPrototypeOf(SuppressedError, Error);
  SuppressedError.prototype = Object.create(Error.prototype);
  hide(SuppressedError.prototype, "constructor", SuppressedError);
  hide(SuppressedError.prototype, "name", "SuppressedError");
  hide(SuppressedError.prototype, "message", "");
  defineProperty(SuppressedError, "prototype", { writable: false });

  function callable(fn, what) {
    if (typeof fn !== "function") throw new TypeError(`${what} is not a function`);
    return fn;
  }

  // Resources are what a stack disposes of, last first.
  class Resources {
    disposed = false; list = [];
    check() { if (this.disposed) throw new ReferenceError("the stack is disposed already"); }
    add(run) { this.list[this.list.length] = run; }
    take() {
      const taken = this.list;
      this.list = [];
      this.disposed = true;
      return taken;
    }
    move() {
      const moved = new Resources();
      moved.list = this.take();
      return moved;
    }
  }

  // methodOf is how a resource is disposed of; undefined for null and undefined, which need nothing.
  function methodOf(value, isAsync) {
    if (value === null || value === undefined) return undefined;
    if (Object(value) !== value) throw new TypeError("a resource must be an object");
    let method = isAsync ? value[asyncDispose] : undefined;
    if (method === undefined || method === null) {
      const plain = callable(value[dispose], "the resource's Symbol.dispose");
      // What it returns is not waited for: it is no promise.
      method = isAsync ? function () { apply(plain, this, []); } : plain;
    }
    return callable(method, "the resource's Symbol.asyncDispose");
  }

  class DisposableStack {
    #resources = new Resources();
    get disposed() { return this.#resources.disposed; }
    use(value) {
      this.#resources.check();
      const method = methodOf(value, false);
      if (method) this.#resources.add(() => apply(method, value, []));
      return value;
    }
    adopt(value, onDispose) {
      this.#resources.check();
      callable(onDispose, "the second argument of adopt");
      this.#resources.add(() => onDispose(value));
      return value;
    }
    defer(onDispose) {
      this.#resources.check();
      callable(onDispose, "the argument of defer");
      this.#resources.add(() => onDispose());
    }
    move() {
      this.#resources.check();
      const stack = new DisposableStack();
      stack.#resources = this.#resources.move();
      return stack;
    }
    dispose() {
      if (this.#resources.disposed) return;
      const taken = this.#resources.take();
      let failed = false, error;
      for (let i = taken.length - 1; i >= 0; i--) {
        try {
          taken[i]();
        } catch (e) {
          error = failed ? new SuppressedError(e, error) : e;
          failed = true;
        }
      }
      if (failed) throw error;
    }
  }

  class AsyncDisposableStack {
    #resources = new Resources();
    get disposed() { return this.#resources.disposed; }
    use(value) {
      this.#resources.check();
      const method = methodOf(value, true);
      this.#resources.add(() => method && apply(method, value, []));
      return value;
    }
    adopt(value, onDispose) {
      this.#resources.check();
      callable(onDispose, "the second argument of adopt");
      this.#resources.add(() => onDispose(value));
      return value;
    }
    defer(onDispose) {
      this.#resources.check();
      callable(onDispose, "the argument of defer");
      this.#resources.add(() => onDispose());
    }
    move() {
      this.#resources.check();
      const stack = new AsyncDisposableStack();
      stack.#resources = this.#resources.move();
      return stack;
    }
    async disposeAsync() {
      if (this.#resources.disposed) return;
      const taken = this.#resources.take();
      let failed = false, error;
      for (let i = taken.length - 1; i >= 0; i--) {
        try {
          await taken[i]();
        } catch (e) {
          error = failed ? new SuppressedError(e, error) : e;
          failed = true;
        }
      }
      if (failed) throw error;
    }
  }

  hide(DisposableStack.prototype, dispose, DisposableStack.prototype.dispose);
  hide(AsyncDisposableStack.prototype, asyncDispose, AsyncDisposableStack.prototype.disposeAsync);
  for (const C of [DisposableStack, AsyncDisposableStack]) {
    defineProperty(C.prototype, toStringTag, { value: C.name, writable: false, enumerable: false, configurable: true });
  }
  return { SuppressedError, DisposableStack, AsyncDisposableStack };
})
