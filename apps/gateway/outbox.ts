// The events of one connection on their way to the backend, one after the other. Connections do not wait for each other.

import type { Action, Backend, Event } from "./backend";
import type { Identity } from "./identity";

/** Beyond so many waiting events, the next messages of the client are not read. */
const ROOM = 32;

export class Outbox {
  #queue: Event[] = []; // the first is under way
  #number = 0;
  #running: Promise<void> | undefined;
  #roomy: (() => void)[] = [];
  #ended = false;
  /** What the code before a reload has left is still awaited: this outbox has nothing of its own. */
  awaiting = false;

  constructor(readonly who: Identity, private readonly backend: Backend, private readonly gone: () => void, private readonly failed: () => void) {}

  get length() { return this.#queue.length; }
  get ended() { return this.#ended; }

  /** Adds an event. What it returns is to be waited for before the next message is read. */
  push(action: Action, data: Record<string, unknown>): Promise<void> | undefined {
    this.#queue.push({ action, data, number: ++this.#number });
    this.#run();
    if (this.#queue.length < ROOM) return undefined;
    return new Promise((resolve) => this.#roomy.push(resolve));
  }

  /** Adds the last event, once. */
  end(): Promise<void> | undefined {
    if (this.#ended) return this.#running;
    this.#ended = true;
    this.push("close", {});
    return this.#running;
  }

  /** Goes on where the code before a reload has stopped. */
  resume(number: number, events: readonly Event[], ended: boolean) {
    this.#number = number;
    this.#queue.push(...events);
    this.#ended = ended;
    this.#run();
  }

  /** What is still to be delivered after the backend was stopped. */
  async remains() {
    await this.#running;
    return { who: this.who, number: this.#number, ended: this.#ended, events: this.#queue };
  }

  settled() { return this.#running ?? Promise.resolve(); }

  #run() {
    this.#running ??= this.#deliver().finally(() => { this.#running = undefined; });
  }

  async #deliver() {
    while (this.#queue.length > 0) {
      const verdict = await this.backend.deliver(this.who, this.#queue[0]);
      if (verdict === "interrupted") break;
      this.#queue.shift();
      if (verdict === "failed" && this.backend.settings.onFailure === "close") this.#giveUp();
      this.#makeRoom();
    }
    if (this.backend.stopped) this.#makeRoom(Infinity);
    if (this.#ended && this.#queue.length === 0) this.gone();
  }

  /** The client has to know that something was lost: the connection ends, and what waits with it, but for the close. */
  #giveUp() {
    this.#queue = this.#queue.filter((event) => event.action === "close");
    this.failed();
  }

  #makeRoom(most = ROOM - this.#queue.length) {
    if (most > 0) for (const resolve of this.#roomy.splice(0)) resolve();
  }
}

/** The outboxes of all connections, and of those that have ended and are not delivered yet. */
export class Outboxes {
  #all = new Map<string, Outbox>();

  constructor(readonly backend: Backend) {}

  of(who: Identity, failed: () => void): Outbox {
    const made = new Outbox(who, this.backend, () => this.#all.delete(who.id), failed);
    this.#all.set(who.id, made);
    return made;
  }

  get(id: string) { return this.#all.get(id); }

  waiting() {
    let sum = 0;
    for (const outbox of this.#all.values()) sum += outbox.length;
    return sum;
  }

  [Symbol.iterator]() { return this.#all.values(); }

  async drained() {
    await Promise.all([...this.#all.values()].map((outbox) => outbox.settled()));
  }
}
