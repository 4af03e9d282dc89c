import { clock, connect, expect, it, reload } from "sigil:test";

it("says good-bye after a minute", async () => {
  const client = await connect("/timebox/timeboxed");
  await clock.advance("59s");
  client.send("how long?");
  expect(await client.next()).toBe("1 s left");
  await clock.advance("1s");
  expect(await client.closed).toEqual({ code: 4001, reason: "session timeout" });
});

it("grants no second minute for a reload", async () => {
  const client = await connect("/timebox/timeboxed");
  await clock.advance("40s");
  await reload("timebox");
  await clock.advance("20s");
  expect(client.isOpen).toBe(false);
});
