import { beforeEach, clock, connect, describe, expect, fresh, it, reload, request } from "sigil:test";

beforeEach(fresh); // an empty room

/** Someone who has come in, and what they have read so far is forgotten. */
async function enter(name: string) {
  const client = await connect("/chatapp/room");
  client.send("name:" + name);
  await client.until(`[*] ${name} joined`);
  await clock.settle();
  return client.clear();
}

const people = async () => (await request("/chatapp/people")).json();

describe("the room", () => {
  it("tells who comes and goes", async () => {
    const ann = await enter("ann");
    const bob = await enter("bob");
    await bob.close();
    await clock.settle();
    expect(ann.messages).toEqual(["[*] someone joined", "[*] bob joined", "[*] bob left"]);
  });

  it("tells what everyone says, in one order", async () => {
    const ann = await enter("ann"), bob = await enter("bob");
    ann.clear().send("hello");
    bob.send("hi");
    await clock.settle();
    expect(ann.messages).toHaveLength(2);
    expect(ann.messages).toEqual(bob.messages);
    expect(ann.messages).toEqual(expect.arrayContaining(["ann: hello", "bob: hi"]));
  });

  it("hears of someone who is simply gone", async () => {
    const ann = await enter("ann"), bob = await enter("bob");
    ann.clear();
    await bob.drop();
    expect(await ann.next()).toBe("[*] bob left");
  });
});

describe("a name", () => {
  it("is anon until it is said", async () => {
    const stranger = await connect("/chatapp/room");
    stranger.send("hello");
    await stranger.until("anon: hello");
    expect(await people()).toEqual(["anon"]);
  });

  it("cannot be changed later: then it is said aloud", async () => {
    const ann = await enter("ann");
    ann.send("name:eve");
    expect(await ann.next()).toBe("ann: name:eve");
  });

  it("survives new code", async () => {
    const ann = await enter("ann");
    await reload("chatapp");
    expect(await people()).toEqual(["ann"]);
    ann.send("still me");
    expect(await ann.next()).toBe("ann: still me");
  });
});
