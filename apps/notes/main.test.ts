import { beforeEach, connect, describe, expect, fresh, it, request } from "sigil:test";
import { parseDraft } from "./note";

beforeEach(fresh);

const write = (title: string, text = "") => request("/notes/notes", { json: { title, text } });

describe("the notebook", () => {
  it("gives a note an id made of its title", async () => {
    const answer = await write("Buy Milk!");
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toBe("/notes/notes/buy-milk");
    expect(await (await request("/notes/notes/buy-milk")).json()).toMatchObject({ title: "Buy Milk!" });
  });

  it("has one note of a title", async () => {
    await write("Buy milk");
    expect((await write("buy MILK")).status).toBe(409);
  });

  it("changes a note, and throws it away", async () => {
    await write("Buy milk");
    const changed = await request("/notes/notes/buy-milk", { method: "PUT", json: { title: "Buy milk", text: "two" } });
    expect(await changed.json()).toMatchObject({ text: "two" });
    expect((await request("/notes/notes/buy-milk", { method: "DELETE" })).status).toBe(204);
    expect((await request("/notes/notes/buy-milk")).status).toBe(404);
  });
});

it("shows all notes, then every change", async () => {
  const reader = await connect("/notes/live");
  expect(await reader.nextJSON()).toMatchObject({ all: [{ id: "welcome" }] });
  await write("Buy milk");
  expect(await reader.nextJSON()).toMatchObject({ saved: { id: "buy-milk" } });
  await request("/notes/notes/buy-milk", { method: "DELETE" });
  expect(await reader.nextJSON()).toEqual({ removed: "buy-milk" });
});

// A module of the app, by itself.
describe("parseDraft", () => {
  it("takes a title alone", () => expect(parseDraft({ title: " milk " })).toEqual({ title: "milk", text: "" }));

  it.each([[null], [{}], [{ title: "  " }], [{ title: "a", text: 5 }]])("says what is wrong with %j", (draft) => {
    expect(parseDraft(draft)).toBeTypeOf("string");
  });
});
