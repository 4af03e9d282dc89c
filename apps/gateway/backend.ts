// Posts events to the backend: so many at once, each with a deadline, and again when it failed.

import type { Identity } from "./identity";
import type { Settings } from "./settings";

export type Action = "open" | "message" | "close";

/** One event of a connection. */
export interface Event {
  readonly action: Action;
  readonly data: Record<string, unknown>;
  /** Its number on the connection, from 1. */
  readonly number: number;
}

/** What became of an event: taken, refused for good, not taken in spite of all retries, or not tried to the end. */
export type Verdict = "delivered" | "refused" | "failed" | "interrupted";

export class Backend {
  #free: number;
  #waiting: (() => void)[] = [];
  #stopped = false;
  #stop!: () => void;
  readonly #stopping = new Promise<void>((resolve) => { this.#stop = resolve; });
  #down = false;

  constructor(readonly settings: Settings, private readonly count: (what: string) => void, private readonly log: { warn(...values: unknown[]): void; info(...values: unknown[]): void }) {
    this.#free = settings.parallel;
  }

  get stopped() { return this.#stopped; }

  /** Lets requests that are under way end, and begins none. */
  stop() {
    this.#stopped = true;
    this.#stop();
    for (const next of this.#waiting.splice(0)) next();
  }

  /** Posts one event until it is taken or there is no hope. Never throws. */
  async deliver(who: Identity, event: Event): Promise<Verdict> {
    const { target, retries, backoff, backoffMax } = this.settings;
    if (!target) return "delivered";
    for (let tries = 0; ; tries++) {
      const verdict = await this.#inTurn(() => this.#post(target, who, event));
      if (verdict !== "failed") return verdict;
      if (tries >= retries) break;
      this.count("retried");
      await this.#pause(Math.min(backoffMax, backoff * 2 ** tries) * (0.75 + Math.random() / 2));
    }
    this.count("failed");
    return "failed";
  }

  /** Runs one request when there is a place for it. */
  async #inTurn(post: () => Promise<Verdict>): Promise<Verdict> {
    if (this.#stopped) return "interrupted";
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve)); // gets the place of the one that calls
    else this.#free--;
    if (this.#stopped) return "interrupted";
    try {
      return await post();
    } finally {
      const next = this.#waiting.shift();
      if (next) next(); else this.#free++;
    }
  }

  async #post(target: string, who: Identity, event: Event): Promise<Verdict> {
    let why: string;
    try {
      const response = await fetch(target, {
        method: "POST", redirect: "manual", signal: AbortSignal.timeout(this.settings.timeout), headers: headersOf(who, event), body: bodyOf(who, event),
      });
      await response.body?.cancel();
      if (response.ok) return this.#took();
      why = `it answers ${response.status}`;
      if (isFinal(response.status)) return this.#refused(who, event, why);
    } catch (error: any) {
      why = String(error?.cause?.message ?? error?.message ?? error);
    }
    if (!this.#down) this.log.warn(`the backend at ${target} does not take events: ${why}`);
    this.#down = true;
    return "failed";
  }

  #took(): Verdict {
    this.count("delivered");
    if (this.#down) this.log.info("the backend takes events again");
    this.#down = false;
    return "delivered";
  }

  #refused(who: Identity, event: Event, why: string): Verdict {
    this.count("refused");
    this.log.warn(`the backend refuses ${event.action} of connection ${who.id}: ${why}`);
    return "refused";
  }

  /** Waits, but not longer than until stop. */
  async #pause(ms: number) {
    let timer: any;
    await Promise.race([this.#stopping, new Promise<void>((resolve) => { timer = setTimeout(() => resolve(), ms); })]);
    clearTimeout(timer);
  }
}

/** Whether trying again would get the same answer. */
const isFinal = (status: number) => status >= 300 && status < 500 && status !== 408 && status !== 425 && status !== 429;

function headersOf(who: Identity, event: Event): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json", "idempotency-key": `${who.id}/${event.number}` };
  if (who.cookie) headers.cookie = who.cookie;
  return headers;
}

function bodyOf(who: Identity, event: Event) {
  const { action, data } = event;
  return JSON.stringify({ data, action, user_name: who.user, conn_id: who.id, token: who.token, access_public: who.isPublic });
}
