/** What a client may say of a note. */
export interface Draft {
  title: string;
  text: string;
}

export interface Note extends Draft {
  readonly id: string;
  readonly changed: string; // ISO 8601
}

export type Change = { saved: Note } | { removed: string };

/** Reads a draft out of whatever JSON came in; a text says what is wrong with it. */
export function parseDraft(data: unknown): Draft | string {
  const { title, text = "" } = (data ?? {}) as Partial<Record<keyof Draft, unknown>>;
  if (typeof title !== "string" || !title.trim()) return "a note needs a title";
  if (typeof text !== "string") return "the text of a note is a text";
  return { title: title.trim(), text };
}
