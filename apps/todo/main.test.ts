import { beforeEach, clock, connect, describe, expect, fresh, it, reload, request } from "sigil:test";

beforeEach(fresh);

async function sit() {
  const person = await connect("/todo/live");
  await person.call("$/subscribe", { topic: "board" });
  return person;
}

const task = { id: "milk", title: "buy milk", state: "open", rank: 5, by: "ann" };
const published = (data: object) => ({ method: "$/message", params: { topic: "board", data } });

describe("a task", () => {
  it("is told to everybody, and kept over a reload", async () => {
    const ann = await sit(), bob = await sit();
    await ann.call("put", task);
    await bob.until(published({ put: task }));
    await bob.until(published({ log: { who: "ann", what: "added", title: "buy milk" } }));
    await reload("todo");
    expect((await bob.call("all")).tasks).toContainEqual(task);
  });

  it("changes nothing when it is put twice", async () => {
    const ann = await sit();
    await ann.call("put", task);
    await ann.call("put", task);
    await ann.call("rename", "Home"); // comes after whatever the second would have told
    await ann.until(published({ title: "Home" }));
    expect((await ann.call("all")).log.map((line: any) => line.what)).toEqual(["added"]);
  });

  it("is finished", async () => {
    const ann = await sit();
    await ann.call("put", task);
    await ann.call("put", { ...task, state: "done", by: "bob" });
    await ann.until(published({ finished: 1 }));
    await ann.until(published({ log: { who: "bob", what: "finished" } }));
    expect(await (await request("/todo/week")).json()).toMatchObject([{ done: 1 }]);
    expect(await (await request("/todo/activity.csv")).text()).toContain('"bob","finished","buy milk"');
  });

  it("goes away", async () => {
    const ann = await sit();
    await ann.call("put", task);
    await ann.call("remove", "milk");
    await ann.until(published({ removed: "milk" }));
    expect((await ann.call("all")).tasks.map((t: any) => t.id)).toEqual(["welcome", "move", "restart"]); // of the seed
  });

  it.each([[{ ...task, title: " " }], [{ ...task, state: "lost" }], [{ ...task, rank: "first" }], [{ ...task, due: "soon" }], [null]])("must be one: %j", async (bad) => {
    const ann = await sit();
    await expect(ann.call("put", bad)).rejects.toMatchObject({ code: 400 });
  });
});

describe("a reminder", () => {
  it("comes once, when it is due", async () => {
    const ann = await sit(), due = clock.now() + 3_600_000;
    await ann.call("put", { ...task, due });
    await clock.advance("59m");
    await ann.call("put", { ...task, due, title: "buy oat milk" });
    await clock.advance("1m");
    await ann.until(published({ reminder: { id: "milk", title: "buy oat milk" } }));
    expect((await ann.call("all")).tasks).toContainEqual(expect.objectContaining({ id: "milk", reminded: due }));
  });

  it("does not come for what is done", async () => {
    const ann = await sit(), due = clock.now() + 60_000;
    await ann.call("put", { ...task, due });
    await ann.call("put", { ...task, due, state: "done" });
    await clock.advance("2m");
    await ann.call("rename", "Home");
    await ann.until(published({ title: "Home" }));
    expect(ann.messages.filter((text) => String(text).includes("reminder"))).toEqual([]);
  });
});

it("forgets in the night what was done a month ago", async () => {
  const ann = await sit();
  await ann.call("put", { ...task, state: "done" });
  await ann.until(published({ finished: 1 }));
  await clock.set("2030-01-10T00:00:00Z");
  await clock.advance("5h");
  await ann.until(published({ removed: "milk" }));
});
