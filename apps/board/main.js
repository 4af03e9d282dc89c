// A board of notes that everybody moves together, with the client of /sigil.js. Open http://127.0.0.1:8081/board/ in two windows.

export default class Board extends AppBase {
  /** The notes by id, as they lie now: until the app is reloaded. */
  notes = new Map([["welcome", { id: "welcome", text: "Drag me", x: 80, y: 90, hue: 48 }]]);

  /** Whoever looks at the board: what changes, and who else is there. */
  @Topic("board", { history: 500, presence: true, grace: "2s" }) look() { return true; }

  /** The whole board, for who comes or has missed something. */
  @Rpc all() { return [...this.notes.values()]; }

  /** Puts a note where it is to lie, a new one or one that is there. */
  @Rpc put(call, { id, text, x, y, hue }) {
    const bad = typeof id !== "string" || id.length > 64 || typeof text !== "string" || ![x, y, hue].every(Number.isFinite);
    if (bad) throw new RpcError(400, "a note has an id, a text, and numbers x, y and hue");
    if (!this.notes.has(id) && this.notes.size >= 100) throw new RpcError(409, "the board is full");
    const note = { id, text: text.slice(0, 200), x, y, hue };
    this.notes.set(id, note);
    this.publish("board", { put: note });
  }

  @Rpc remove(call, id) {
    if (this.notes.delete(id)) this.publish("board", { removed: id });
  }
}
