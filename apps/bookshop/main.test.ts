import { beforeEach, describe, expect, fresh, it, request } from "sigil:test";

beforeEach(fresh);

const staff = { authorization: "Bearer let-me-in" };
const json = async (path: string, options?: any) => (await request("/bookshop" + path, options)).json();
const mistakes = async (path: string, options?: any) => (await json(path, options)).errors.map((e: any) => `${e.in} ${e.pointer}`);

describe("every way to write a parameter", () => {
  const titles = async (query: string, headers = {}) => (await json("/books?" + query, { headers })).books.map((b: any) => b.title);

  it.each([
    ["form, exploded", "genre=poetry&genre=science", ["Leaves of Grass", "On the Origin of Species"]],
    ["form", "year=1813,1847", ["Jane Eyre", "Pride and Prejudice"]],
    ["spaceDelimited", "author=Whitman%20Darwin", ["Leaves of Grass", "On the Origin of Species"]],
    ["pipeDelimited", "tag=classic|american", ["Leaves of Grass"]],
    ["deepObject", "price[min]=9&price[max]=12", ["Jane Eyre", "Leaves of Grass"]],
    ["JSON", "where=" + encodeURIComponent('{"inStock":false}'), ["On the Origin of Species"]],
    ["a default", "sort=year&limit=1", ["Pride and Prejudice"]],
  ])("%s", async (_style, query, found) => expect(await titles(query)).toEqual(found));

  it("headers and cookies", async () => {
    expect(await json("/books")).toMatchObject({ currency: "EUR", recent: [] });
    const page = await json("/books", { headers: { "X-Currency": "GBP", cookie: "recent=2,1" } });
    expect(page).toMatchObject({ currency: "GBP", recent: ["Jane Eyre", "Pride and Prejudice"] });
  });

  it("paths: simple, label, matrix and a part of a segment", async () => {
    expect((await json("/compare/1,3")).map((b: any) => b.id)).toEqual([1, 3]);
    expect(await json("/shelves/.novel.1")).toEqual(["Pride and Prejudice", "Jane Eyre"]);
    expect(await json("/editions/;year=1847;language=en")).toMatchObject({ id: 2 });
    expect((await request("/bookshop/covers/1.svg")).headers.get("content-type")).toBe("image/svg+xml");
  });

  it("tells of all mistakes at once", async () => {
    expect(await mistakes("/books?limit=0&sort=size&year=1813,x&price[min]=free", { headers: { "x-currency": "USD", cookie: "recent=a" } }))
      .toEqual(["query #/limit", "query #/sort", "query #/year/1", "query #/price/min", "header #/x-currency", "cookie #/recent/0"]);
  });
});

describe("the staff", () => {
  const emma = { title: "Emma", author: "Jane Austen", year: 1815, price: 7 };

  it("puts books on sale", async () => {
    const answer = await request("/bookshop/books", { json: emma, headers: staff });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ ...emma, id: 5, genre: "novel", language: "en", stock: 1, tags: [] });
    expect(await mistakes("/books", { json: { ...emma, price: 0 }, headers: staff })).toEqual(["body #/price"]);
  });

  it("alone", async () => {
    const answer = await request("/bookshop/books", { json: {} });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  });

  it("writes blurbs, and takes books off the shelf", async () => {
    const plain = { ...staff, "content-type": "text/plain" };
    expect(await (await request("/bookshop/books/1/blurb", { method: "PUT", body: " witty ", headers: plain })).text()).toBe("witty");
    expect((await request("/bookshop/books/1", { method: "DELETE", headers: staff })).status).toBe(204);
    expect((await request("/bookshop/books/1")).status).toBe(404);
  });
});

describe("an order", () => {
  const place = (form: string) => request("/bookshop/orders", { method: "POST", body: form, headers: { "content-type": "application/x-www-form-urlencoded" } });
  const form = "name=Ann&email=ann@example.com&book=1&book=2&gift=true&address[street]=High+St&address[city]=Bath";

  it("comes by a form, and is shown to who has its key", async () => {
    const placed = await place(form), { key, ...receipt } = await placed.json();
    expect(placed.status).toBe(201);
    expect(receipt).toEqual({
      number: 1, total: 18.4, order: { name: "Ann", email: "ann@example.com", book: [1, 2], gift: true, address: { street: "High St", city: "Bath" } },
    });
    expect(await json("/orders/1", { headers: { "x-order-key": key } })).toEqual(receipt);
    expect(await json("/orders/1", { headers: staff })).toEqual(receipt);
    expect((await request("/bookshop/orders/1", { headers: { "x-order-key": "mine?" } })).status).toBe(403);
    expect((await request("/bookshop/orders/1")).status).toBe(401);
  });

  it("needs all of it in stock", async () => expect((await place(form + "&book=4")).status).toBe(409));
});
