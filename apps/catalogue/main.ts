// A catalogue of books, code first: its classes and comments are its documents. Look at them, and try all of it, at /catalogue/doc.
import { Api, AppBase, Delete, Get, Post, Sse, Websocket, created, noContent, notFound, type EventStream, type HttpReq, type WsConn } from "sigil";
import { Book, BookId, NewBook, Search } from "./book";
import { Found, Question, Regret } from "./desk";
import first from "./first.json";

/** A book as visitors see it. */
const shown = ({ views, ...book }: Book) => book;

/** The books of a small shop. Whoever visits may look, ask at the desk, and bring a book. */
@Api({ title: "Catalogue", version: "1.0.0", contact: { name: "The shop", email: "shop@example.com" }, license: { name: "CC0-1.0", url: "https://creativecommons.org/publicdomain/zero/1.0/" } })
export default class Catalogue extends AppBase {
  #books = new Map<number, Book>();
  #visitors = new Set<EventStream>();

  constructor() {
    super();
    for (const book of first as NewBook[]) this.#keep(book);
  }

  /**
   * Lists books. The newest come first.
   * @returns the books that were found
   */
  @Get({ path: "/books", query: Search, response: [Book] })
  list(req: HttpReq) {
    const { words = "", binding, limit } = req.valid.query as Search;
    return this.#find(words).filter((book) => !binding || book.binding === binding).slice(0, limit).map(shown);
  }

  /**
   * Shows one book.
   * @param id its number
   */
  @Get({ path: "/books/:id", params: BookId, response: Book })
  show(req: HttpReq) {
    const book = this.#books.get(req.valid.params.id);
    if (!book) return notFound("there is no such book");
    book.views++;
    return shown(book);
  }

  /** Takes a book in. All who watch the arrivals hear of it. */
  @Post({ path: "/books", body: NewBook, status: 201, response: Book })
  add(req: HttpReq) {
    const book = this.#keep(req.valid.body);
    for (const visitor of this.#visitors) visitor.send(shown(book), { event: "book", id: book.id });
    return created(shown(book), { location: `/catalogue/books/${book.id}` });
  }

  /**
   * Takes a book out.
   * @param id its number
   */
  @Delete({ path: "/books/:id", params: BookId, status: 204 })
  remove(req: HttpReq) {
    return this.#books.delete(req.valid.params.id) ? noContent() : notFound("there is no such book");
  }

  /** Tells of books as they arrive. */
  @Sse({ response: Book })
  arrivals(req: HttpReq, visitor: EventStream) {
    this.#visitors.add(visitor);
    visitor.closed.then(() => this.#visitors.delete(visitor));
  }

  /** The information desk. It finds books by words of their title or author. */
  @Websocket({ receives: Question, sends: [Found, Regret] })
  desk(ws: WsConn) {
    ws.onMessage((text) => {
      const { find } = this.#question(text);
      ws.send(find ? { find, books: this.#find(find).map(shown) } : { sorry: 'ask with {"find": "..."}' });
    });
  }

  #question(text: string): Partial<Question> {
    try {
      return Object(JSON.parse(text));
    } catch {
      return {};
    }
  }

  #find(words: string) {
    const wanted = words.toLowerCase();
    const books = [...this.#books.values()].filter(({ title, author }) => `${title} ${author.name}`.toLowerCase().includes(wanted));
    return books.reverse();
  }

  #keep(book: NewBook) {
    const id = Math.max(0, ...this.#books.keys()) + 1;
    const kept: Book = { id, ...book, views: 0 };
    this.#books.set(id, kept);
    return kept;
  }
}
