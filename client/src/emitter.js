export class Emitter {
  #listeners = new Map();
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event)?.delete(listener);
  }
  _emit(event, ...args) {
    if (event === "error" && !this.#listeners.get(event)?.size) console.warn(args[0]);
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        queueMicrotask(() => { throw error; }); // the listener's own mistake, told where mistakes are told
      }
    }
  }
}
