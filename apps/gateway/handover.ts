// A reload may come between an event and its delivery. The code before leaves what it has not delivered in a shared map, and
// the code after it takes it from there: not before the last request of the old one has been answered, so that
// nothing is overtaken.

import type { SharedMap } from "sigil";
import type { Event } from "./backend";
import type { Identity } from "./identity";
import type { Outbox, Outboxes } from "./outbox";

/** What is left of one connection, as JSON; "" while a request is still under way. */
export type Left = string;

interface Remains { who: Identity; number: number; ended: boolean; events: Event[] }

/** How long a request of the old code may hold the new one up: the server ends the old one then. */
const PATIENCE = 12_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(() => resolve(), ms));

export class Handover {
  constructor(private readonly left: SharedMap<Left>, private readonly outboxes: Outboxes) {}

  /** The old code's part. */
  async leave() {
    const all = [...this.outboxes].filter((outbox) => !outbox.awaiting);
    for (const outbox of all) this.left.set(outbox.who.id, "");
    this.outboxes.backend.stop();
    await Promise.all(all.map(async (outbox) => {
      const remains = await outbox.remains();
      if (remains.ended && remains.events.length === 0) this.left.delete(remains.who.id);
      else this.left.set(remains.who.id, JSON.stringify(remains));
    }));
  }

  /** The new code's part, for a connection that is open. */
  async take(outbox: Outbox) {
    const { backend } = this.outboxes;
    outbox.awaiting = true;
    for (const began = Date.now(); this.left.get(outbox.who.id) === "" && Date.now() - began < PATIENCE && !backend.stopped;) await pause(10);
    if (backend.stopped) return; // the next code takes it
    outbox.awaiting = false;
    const text = this.left.get(outbox.who.id);
    this.left.delete(outbox.who.id);
    if (!text) return;
    const { number, events, ended } = JSON.parse(text) as Remains;
    outbox.resume(number, events, ended);
  }

  /** The new code's part, for connections that have ended meanwhile. */
  takeEnded(isOpen: (id: string) => boolean) {
    for (const [id, text] of this.left.entries()) {
      if (!text || isOpen(id) || this.outboxes.get(id)) continue;
      const { who, number, events, ended } = JSON.parse(text) as Remains;
      this.left.delete(id);
      const outbox = this.outboxes.of(who, () => {});
      outbox.resume(number, events, ended);
      outbox.end();
    }
  }
}
