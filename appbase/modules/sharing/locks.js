// Locks: this.lock(name).

class Lock {
  #name;
  constructor(name) {
    if (typeof name !== "string" || name === "" || name.length > 256) fail("a lock's name is a text of 1 to 256 characters");
    this.#name = name;
  }
  get name() { return this.#name; }

  /** Runs fn while nobody else in the app holds the lock; what fn does may take it again. */
  async with(fn, { timeout = 30_000, connection } = {}) {
    if (typeof fn !== "function") fail("lock.with takes the function to run");
    if (!(timeout > 0)) fail("timeout is a number of milliseconds above 0");
    const held = host.held() ?? [];
    if (held.includes(this.#name)) return fn();
    const ticket = host.acquire(this.#name, timeout);
    const release = () => host.release(ticket.id);
    connection?.addEventListener("close", release);
    try {
      await ticket.granted;
      if (connection?.readyState === 3) throw new DOMException(`the connection ended while it waited for the lock "${this.#name}"`, "AbortError");
      return await within([...held, this.#name], fn);
    } catch (error) {
      throw host.isExpired(error) ? new DOMException(`the lock "${this.#name}" was not free within ${timeout} ms`, "TimeoutError") : error;
    } finally {
      release();
      connection?.removeEventListener("close", release);
    }
  }
}

/** Calls fn as code that holds these locks: what it starts holds them, too, across its awaits. */
function within(names, fn) {
  const before = host.hold(names);
  try {
    return fn();
  } finally {
    host.leave(before);
  }
}
