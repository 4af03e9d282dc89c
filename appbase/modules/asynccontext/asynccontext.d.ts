/**
 * A value that goes along with a chain of work: what `run` calls finds it with `getStore`, also after its awaits, in its
 * timers, and in the callbacks that it gives to connections. Also in the module `node:async_hooks`.
 */
interface AsyncLocalStorage<T = unknown> {
  readonly name: string;
  /** The value of the innermost `run` or `enterWith` on the way here. */
  getStore(): T | undefined;
  /** Calls `fn` with a value. */
  run<R, Args extends any[]>(store: T, fn: (...args: Args) => R, ...args: Args): R;
  /** Calls `fn` without one. */
  exit<R, Args extends any[]>(fn: (...args: Args) => R, ...args: Args): R;
  /** Sets the value for the rest of the present work, and what it starts. */
  enterWith(store: T): void;
  /** Forgets all values; new ones may be set. */
  disable(): void;
}

declare var AsyncLocalStorage: {
  prototype: AsyncLocalStorage<any>;
  /** `defaultValue` is what `getStore` gives outside of any `run`. */
  new <T = unknown>(options?: { defaultValue?: T; name?: string }): AsyncLocalStorage<T>;
  /** The function, called in the context of now whenever that is. */
  bind<Fn extends (...args: any[]) => any>(fn: Fn): Fn;
  /** A function that calls others in the context of now. */
  snapshot(): <Args extends any[], R>(fn: (...args: Args) => R, ...args: Args) => R;
};

/** The context in which it was made, to run callbacks in later. */
interface AsyncResource {
  readonly type: string;
  runInAsyncScope<R, Args extends any[]>(fn: (...args: Args) => R, thisArg?: unknown, ...args: Args): R;
  bind<Fn extends (...args: any[]) => any>(fn: Fn, thisArg?: unknown): Fn;
  emitDestroy(): this;
}

declare var AsyncResource: {
  prototype: AsyncResource;
  new (type: string, options?: unknown): AsyncResource;
  bind<Fn extends (...args: any[]) => any>(fn: Fn, type?: string, thisArg?: unknown): Fn;
};

declare module "node:async_hooks" {
  export import AsyncLocalStorage = globalThis.AsyncLocalStorage;
  export import AsyncResource = globalThis.AsyncResource;
}
