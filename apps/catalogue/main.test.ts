import { beforeEach, connect, describe, expect, fresh, it, request } from "sigil:test";

beforeEach(fresh);

const book = { title: "Persuasion", author: { name: "Jane Austen" } };
const titles = async (query: string) => (await (await request("/catalogue/books" + query)).json()).map((one: { title: string }) => one.title);

describe("the catalogue", () => {
  it("lists what is wanted, the newest first", async () => {
    expect(await titles("?words=ada")).toEqual(["Sketch of the Analytical Engine"]);
    expect((await titles("?limit=2")).length).toBe(2);
    expect((await request("/catalogue/books?binding=vinyl")).status).toBe(400);
  });

  it("fills in what is left out, and passes over what is its own business", async () => {
    const answer = await request("/catalogue/books", { json: { ...book, views: 1000 } });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ id: 4, ...book, binding: "paperback", price: 0, tags: [] });
  });

  it("says what is wrong with a book", async () => {
    const answer = await request("/catalogue/books", { json: { title: "", author: {} } });
    expect(answer.status).toBe(400);
    expect((await answer.json()).errors.map((one: { pointer: string }) => one.pointer).sort()).toEqual(["#/author", "#/title"]);
  });

  it("takes a book out once", async () => {
    expect((await request("/catalogue/books/1", { method: "DELETE" })).status).toBe(204);
    expect((await request("/catalogue/books/1", { method: "DELETE" })).status).toBe(404);
  });
});

it("answers at the desk", async () => {
  const desk = await connect("/catalogue/desk");
  desk.send(JSON.stringify({ find: "alice" }));
  expect(await desk.nextJSON()).toMatchObject({ find: "alice", books: [{ id: 3 }] });
  desk.send("Alice?");
  expect(await desk.nextJSON()).toMatchObject({ sorry: expect.stringContaining("find") });
});
