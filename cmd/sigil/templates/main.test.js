// The tests of this app. Run them with: sigil test
import { connect, describe, expect, it, request } from "sigil:test";

describe("the room", () => {
  it("tells everyone what one says", async () => {
    const ann = await connect("/APPNAME/room");
    const bob = await connect("/APPNAME/room");
    expect(await ann.next()).toBe("someone joined");

    bob.send("hello");
    expect(await ann.next()).toBe("hello");
    expect(await bob.next()).toBe("hello");
  });

  it("knows how many are there", async () => {
    await connect("/APPNAME/room");
    const answer = await request("/APPNAME/people");
    expect(await answer.json()).toEqual({ online: 1 });
  });
});
