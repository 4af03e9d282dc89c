import { connect, expect, it, request } from "sigil:test";

it("greets by HTTP, for pages of any origin", async () => {
  const answer = await request("/honopings/", { headers: { origin: "https://example.com" } });
  expect(await answer.json()).toEqual({ message: "Hello pings!" });
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
});

it("thanks for a ping", async () => {
  const client = await connect("/honopings/api/pings/ws");
  client.send("ping");
  expect(await client.next()).toBe("Thanks for the ping!");
});
