import slugify from "slugify";
import type { Change, Draft, Note } from "./note";
import welcome from "./welcome.json";

/** The notes, in memory, by an id made of their title. Tells its listener of every change. */
export class Notebook {
  #notes = new Map<string, Note>();

  constructor(private readonly changed: (change: Change) => void) {
    this.#notes.set(welcome.id, welcome);
  }

  all(): Note[] {
    return [...this.#notes.values()].reverse();
  }

  get(id: string): Note | undefined {
    return this.#notes.get(id);
  }

  /** Adds a note; undefined when one of that title exists. */
  add(draft: Draft): Note | undefined {
    const id = slugify(draft.title, { lower: true, strict: true }) || crypto.randomUUID();
    return this.#notes.has(id) ? undefined : this.#save(id, draft);
  }

  change(id: string, draft: Draft): Note | undefined {
    return this.#notes.has(id) ? this.#save(id, draft) : undefined;
  }

  remove(id: string): boolean {
    if (!this.#notes.delete(id)) return false;
    this.changed({ removed: id });
    return true;
  }

  #save(id: string, draft: Draft): Note {
    const note = { ...draft, id, changed: new Date().toISOString() };
    this.#notes.set(id, note);
    this.changed({ saved: note });
    return note;
  }
}
