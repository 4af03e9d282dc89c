// A bookshop that is written to its contract, openapi.yaml: what a request may be stands there, and here only what the shop
// does. Each operationId is a method; it gets a request that fits, with its parts as values.
//
//   curl '127.0.0.1:8081/bookshop/books?genre=novel&price\[max\]=9'
//   curl 127.0.0.1:8081/bookshop/orders -d 'name=Ann&email=ann@example.com&book=1&address[street]=High+St&address[city]=Bath'

import { AppBase, Guard, Response, conflict, forbidden, notFound, type HttpReq, type SecurityDemand } from "sigil";
import { type Book, classics, drawn, matches } from "./books";

interface Receipt { number: number; total: number; key?: string; order: { book: number[] } & Record<string, unknown> }

export default class Bookshop extends AppBase {
  private books = new Map<number, Book>(classics.map((book) => [book.id, book]));
  private orders = new Map<number, Receipt>();

  // --- who may do what: one method for each security scheme of the contract -------------------------------------------

  @Guard("staff")
  knowsToken(req: HttpReq, { credential }: SecurityDemand) {
    req.user = { name: "staff" };
    return credential === (this.config.token ?? "let-me-in"); // the operator's: app.bookshop.token
  }

  @Guard("orderKey")
  ownsOrder(req: HttpReq, { credential }: SecurityDemand) {
    const order = this.orders.get(Number(req.params.number));
    return order === undefined || order.key === credential || forbidden("that is not the key of this order");
  }

  // --- books ----------------------------------------------------------------------------------------------------------

  listBooks({ valid: { query, headers, cookies } }: HttpReq) {
    const found = [...this.books.values()].filter((book) => matches(book, query));
    found.sort((a, b) => (a[query.sort as "title"] < b[query.sort as "title"] ? -1 : 1));
    const page = {
      books: found.slice(0, query.limit),
      currency: headers["x-currency"],
      recent: (cookies.recent ?? []).flatMap((id: number) => this.books.get(id)?.title ?? []),
    };
    return Response.json(page, { headers: { "x-total": String(found.length) } });
  }

  /** Answers 201, since the contract knows no other success. */
  addBook({ valid: { body } }: HttpReq) {
    const book = { ...body, id: Math.max(0, ...this.books.keys()) + 1 };
    this.books.set(book.id, book);
    return book;
  }

  getBook(req: HttpReq) {
    return this.book(req);
  }

  removeBook(req: HttpReq) {
    this.books.delete(this.book(req).id);
  }

  writeBlurb(req: HttpReq) {
    return (this.book(req).blurb = req.valid.body.trim());
  }

  drawCover(req: HttpReq) {
    return drawn(this.book(req));
  }

  compareBooks({ valid: { params } }: HttpReq) {
    return params.ids.flatMap((id: number) => this.books.get(id) ?? []);
  }

  lookAtShelf({ valid: { params } }: HttpReq) {
    const [genre, board = "1"] = params.place;
    return [...this.books.values()].filter((book) => book.genre === genre).map((book) => book.title).slice((board - 1) * 3, board * 3);
  }

  findEdition({ valid: { params: { edition } } }: HttpReq) {
    const same = (book: Book) => book.year === edition.year && book.language === edition.language;
    return [...this.books.values()].find(same) ?? notFound("no such edition");
  }

  // --- orders ---------------------------------------------------------------------------------------------------------

  /** A form arrives as an object, like JSON: numbers are numbers, and the address is an object of its own. */
  placeOrder({ valid: { body: order } }: HttpReq) {
    const bought: Book[] = order.book.flatMap((id: number) => this.books.get(id) ?? []);
    if (bought.length < order.book.length || bought.some((book) => book.stock === 0)) return conflict({ error: "not all of it is in stock" });
    for (const book of bought) book.stock--;
    const total = bought.reduce((sum, book) => sum + Math.round(book.price * 100), 0) / 100;
    const receipt = { number: this.orders.size + 1, total, key: crypto.randomUUID(), order };
    this.orders.set(receipt.number, receipt);
    return receipt;
  }

  getOrder({ valid: { params } }: HttpReq) {
    const receipt = this.orders.get(params.number);
    return receipt ? { ...receipt, key: undefined } : notFound("no such order");
  }

  /** The book that a path names; who asks for another gets 404. */
  private book({ valid: { params } }: HttpReq): Book {
    const book = this.books.get(params.id);
    if (!book) throw notFound("no such book");
    return book;
  }
}
