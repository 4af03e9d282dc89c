import { beforeEach, clock, connect, describe, expect, fresh, it } from "sigil:test";

beforeEach(fresh);

/** Someone at the board, by the realtime protocol that /sigil.js speaks. */
async function sit() {
  const person = await connect("/board/live");
  await person.call("$/subscribe", { topic: "board", presence: true });
  return person;
}

const note = { id: "n1", text: "milk", x: 10, y: 20, hue: 48 };
const published = (data: object) => ({ method: "$/message", params: { topic: "board", data } });

describe("a note", () => {
  it("is put where everybody sees it", async () => {
    const ann = await sit(), bob = await sit();
    await ann.call("put", note);
    await bob.until(published({ put: note }));
    expect(await bob.call("all")).toContainEqual(note);
  });

  it("goes away for all", async () => {
    const ann = await sit(), bob = await sit();
    await ann.call("remove", "welcome");
    await bob.until(published({ removed: "welcome" }));
    expect(await bob.call("all")).toEqual([]);
  });

  it.each([[{ ...note, id: 1 }], [{ ...note, x: "left" }], [{ ...note, hue: null }]])("must be one: %j", async (bad) => {
    const ann = await sit();
    await expect(ann.call("put", bad)).rejects.toMatchObject({ code: 400 });
  });

  it("has no place on a full board", async () => {
    const ann = await sit();
    for (let i = 1; i < 100; i++) await ann.call("put", { ...note, id: "n" + i });
    await expect(ann.call("put", { ...note, id: "n100" })).rejects.toThrow("the board is full");
  });
});

describe("who looks", () => {
  it("is known to the others", async () => {
    const ann = await sit();
    await sit();
    await ann.until({ method: "$/join" });
    expect(await ann.call("$/presence", { topic: "board" })).toMatchObject({ count: 2 });
  });

  it("may be gone for a moment", async () => {
    const ann = await sit(), bob = await sit();
    await clock.settle();
    await bob.drop();
    await clock.advance("1.9s");
    expect(await ann.call("$/presence", { topic: "board" })).toMatchObject({ count: 2 });
    await clock.advance("100ms");
    expect(await ann.call("$/presence", { topic: "board" })).toMatchObject({ count: 1 });
  });

  it("gets what was missed", async () => {
    const ann = await sit(), bob = await connect("/board/live");
    const { session } = await bob.call("$/hello", {});
    const at = await bob.call("$/subscribe", { topic: "board" });
    await bob.drop();
    await ann.call("put", note);
    const again = await connect("/board/live");
    const back = await again.call("$/hello", { session, positions: { board: { epoch: at.epoch, offset: at.offset } } });
    expect(back).toMatchObject({ resumed: true, topics: { board: { recovered: true } } });
    await again.until(published({ put: note }));
  });
});
