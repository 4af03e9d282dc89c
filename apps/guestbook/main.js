// A guestbook: HTTP to write, server-sent events to watch, a page to do both. Open http://127.0.0.1:8081/guestbook/

const entry = {
  type: "object", required: ["name", "text"], additionalProperties: false,
  properties: { name: { type: "string", minLength: 1, maxLength: 40 }, text: { type: "string", minLength: 1, maxLength: 500 } },
};

@Api({ version: "1.0.0", title: "Guestbook", workers: 1 })
export default class Guestbook extends AppBase {
  entries = []; // the newest last; a reload starts a new page
  last = Date.now(); // the newest id: they go on rising, so that a page that comes back is told nothing twice
  watchers = new Set();

  /** Any page in the world may read it. */
  @Cors("*") @Get({ path: "/entries", query: { properties: { last: { type: "integer", minimum: 1, maximum: 100, default: 20 } } } })
  list(req) {
    return this.entries.slice(-req.valid.query.last);
  }

  /** Only our own page, and programs, may write. */
  @Post({ path: "/entries", body: entry })
  sign(req) {
    const made = { id: ++this.last, ...req.valid.body, at: new Date().toISOString() };
    this.entries.push(made);
    if (this.entries.length > 1000) this.entries.shift();
    for (const watcher of this.watchers) watcher.send(made, { id: made.id });
    return created(made);
  }

  /** What is new. A page that was away says which entry it saw last, and gets what it missed. */
  @Sse watch(req, stream) {
    const seen = Number(stream.lastEventId) || 0;
    for (const missed of this.entries) if (missed.id > seen) stream.send(missed, { id: missed.id });
    this.watchers.add(stream);
    stream.closed.then(() => this.watchers.delete(stream));
  }
}
