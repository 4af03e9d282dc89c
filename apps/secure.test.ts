import { configure, connect, describe, expect, it } from "sigil:test";

describe("a door that closes with a reason", () => {
  it.each([
    ["no key", {}, "missing x-api-key"],
    ["a wrong key", { headers: { "x-api-key": "guess" } }, "bad x-api-key"],
  ])("turns %s away", async (_, visit, reason) => {
    const client = await connect("/secure/secure", visit);
    expect(await client.closed).toEqual({ code: 1008, reason });
  });

  it.each([[{ headers: { "x-api-key": "let-me-in" } }], [{ query: { token: "let-me-in" } }]])("opens for %j", async (visit) => {
    const client = await connect("/secure/secure", visit);
    expect(await client.next()).toBe("welcome");
    client.send("shh");
    expect(await client.next()).toBe("secret echo: shh");
  });
});

describe("a guard", () => {
  it("answers a stranger before there is a connection", async () => {
    await expect(connect("/secure/guarded")).rejects.toMatchObject({ status: 401 });
  });

  it("tells the route who came", async () => {
    const client = await connect("/secure/guarded", { query: { token: "let-me-in", name: "Ann" } });
    expect(await client.next()).toBe("welcome, Ann");
  });

  it("goes by the operator's key", async () => {
    await configure("secure", { key: "s3cret" });
    await expect(connect("/secure/guarded", { query: { token: "let-me-in" } })).rejects.toThrow("401");
    const client = await connect("/secure/guarded", { query: { token: "s3cret" } });
    expect(await client.next()).toBe("welcome, friend");
  });
});
