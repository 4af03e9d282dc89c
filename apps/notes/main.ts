// Notes that everyone sees at once: HTTP to change them, a WebSocket to watch them.
// In TypeScript, of several files, with a package from npm (node_modules/slugify).
//
//   curl -X POST 127.0.0.1:8081/notes/notes -d '{"title": "Buy milk"}'
//   npx wscat -c ws://127.0.0.1:8081/notes/live

import {
  Api, AppBase, Delete, Get, Post, Put, Websocket, badRequest, conflict, created, noContent, notFound, type HttpReq, type WsConn,
} from "sigil";
import { Notebook } from "./notebook";
import { type Change, parseDraft } from "./note";

@Api({ title: "Notes", version: "1.0.0", description: "A shared notebook: HTTP to write, a WebSocket to watch." })
export default class Notes extends AppBase {
  private readonly book = new Notebook((change) => this.announce(change));

  @Get({ path: "/notes", summary: "All notes, the newest first" })
  list() {
    return this.book.all();
  }

  @Get({ path: "/notes/:id", summary: "One note" })
  one(req: HttpReq) {
    return this.book.get(req.params.id) ?? notFound("no such note");
  }

  @Post({ path: "/notes", summary: "Writes a note" })
  async add(req: HttpReq) {
    const draft = parseDraft(await req.json());
    if (typeof draft === "string") return badRequest(draft);
    const note = this.book.add(draft);
    return note ? created(note, { location: `/notes/notes/${note.id}` }) : conflict("a note of that title exists");
  }

  @Put({ path: "/notes/:id", summary: "Changes a note" })
  async change(req: HttpReq) {
    const draft = parseDraft(await req.json());
    if (typeof draft === "string") return badRequest(draft);
    return this.book.change(req.params.id, draft) ?? notFound("no such note");
  }

  @Delete({ path: "/notes/:id", summary: "Throws a note away" })
  remove(req: HttpReq) {
    return this.book.remove(req.params.id) ? noContent() : notFound("no such note");
  }

  /** First all notes, then every change as it happens. */
  @Websocket live(ws: WsConn) {
    ws.subscribe("changes");
    if (!ws.reattached) ws.send({ all: this.book.all() });
  }

  private announce(change: Change) {
    this.publish("changes", change); // an object goes out as JSON
  }
}
