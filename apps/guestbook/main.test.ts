import { beforeEach, clock, describe, events, expect, fresh, it, request } from "sigil:test";

beforeEach(fresh);

const sign = (name: string, text = "hello") => request("/guestbook/entries", { json: { name, text } });

describe("the book", () => {
  it("keeps what is written, with the time", async () => {
    const answer = await sign("Ann");
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ name: "Ann", text: "hello", at: new Date(clock.now()).toISOString() });
  });

  it("shows the last entries", async () => {
    for (const name of ["Ann", "Bob", "Cy"]) await sign(name);
    const shown = await (await request("/guestbook/entries", { query: { last: 2 } })).json();
    expect(shown.map((entry: any) => entry.name)).toEqual(["Bob", "Cy"]);
  });

  it.each([
    ["without a name", { text: "hello" }],
    ["with an empty text", { name: "Ann", text: "" }],
    ["with more than was asked for", { name: "Ann", text: "hello", admin: true }],
  ])("refuses an entry %s", async (_, json) => {
    expect((await request("/guestbook/entries", { json })).status).toBe(400);
  });

  it("may be read by any page", async () => {
    const answer = await request("/guestbook/entries", { headers: { origin: "https://example.com" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("who watches", () => {
  it("sees entries as they are written", async () => {
    const seen = events(await request("/guestbook/watch"));
    await sign("Ann");
    const { value } = await seen.next();
    expect(JSON.parse(value!.data)).toMatchObject({ name: "Ann" });
    await seen.return(undefined);
  });

  it("gets what was missed, by the id that was seen last", async () => {
    const first = await (await sign("Ann")).json();
    await sign("Bob");
    const seen = events(await request("/guestbook/watch", { headers: { "last-event-id": String(first.id) } }));
    const { value } = await seen.next();
    expect(JSON.parse(value!.data).name).toBe("Bob");
    await seen.return(undefined);
  });
});
