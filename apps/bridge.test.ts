import { connect, expect, it } from "sigil:test";

it("acknowledges bytes with the same bytes", async () => {
  const device = await connect("/bridge/bridge");
  device.send(new Uint8Array([0, 127, 255]));
  expect(await device.next()).toEqual(new Uint8Array([97, 99, 107, 58, 0, 127, 255])); // "ack:" and them
});

it("takes an empty message, and a large one", async () => {
  const device = await connect("/bridge/bridge");
  for (const size of [0, 100_000]) {
    device.send(new Uint8Array(size));
    expect(await device.next()).toHaveLength(4 + size);
  }
});

it("wants no text", async () => {
  const device = await connect("/bridge/bridge");
  device.send("hello");
  expect(await device.closed).toEqual({ code: 4000, reason: "binary only" });
});
