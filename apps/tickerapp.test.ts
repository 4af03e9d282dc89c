import { clock, configure, connect, describe, expect, it, reload } from "sigil:test";

describe("a ticker", () => {
  it("counts once a second", async () => {
    const client = await connect("/tickerapp/ticker");
    expect(await client.next()).toBe("ready");
    await clock.advance("3s");
    expect(client.messages).toEqual(["ready", "count:1", "count:2", "count:3"]);
  });

  it("has a last word", async () => {
    const client = await connect("/tickerapp/ticker");
    await clock.advance("10m"); // in no time
    client.send("stop");
    expect(await client.closed).toEqual({ code: 1000, reason: "stopped" });
    expect(client.last).toBe("final:600");
  });

  it("counts on when its code is replaced", async () => {
    const client = await connect("/tickerapp/ticker");
    await clock.advance("2s");
    await reload("tickerapp");
    await clock.advance("2s");
    expect(client.messages).toEqual(["ready", "count:1", "count:2", "count:3", "count:4"]);
  });

  it("goes as fast as the operator says", async () => {
    await configure("tickerapp", { every: 100 });
    const client = await connect("/tickerapp/ticker");
    await clock.advance("1s");
    expect(client.last).toBe("count:10");
  });
});
