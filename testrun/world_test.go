package testrun_test

import "testing"

func TestConnections(t *testing.T) {
	passes(t, 8, from+`
it("has frames", async () => {
  const a = await connect("/echo/room"), b = await connect("/echo/room");
  a.send("x").send({ y: 1 });
  expect(await b.next()).toBe("x");
  expect(await b.nextJSON()).toEqual({ y: 1 });
  a.send(new Uint8Array([1, 2]));
  expect(await a.until((m) => m instanceof Uint8Array)).toEqual(new Uint8Array([1, 2]));
  a.send("bye");
  expect(await a.closed).toEqual({ code: 4001, reason: "bye" });
  expect(a.frames).toEqual([
    { type: "text", data: "x" }, { type: "text", data: '{"y":1}' }, { type: "binary", data: new Uint8Array([1, 2]) }, { type: "close", code: 4001, reason: "bye" },
  ]);
  expect(() => a.send("more")).toThrow("is closed (4001");
  await expect(a.next()).rejects.toThrow("was closed");
  expect([a.readyState, b.readyState]).toEqual([3, 1]);
});
it("is iterated", async () => {
  const a = await connect("/echo/room");
  for (const text of ["1", "2", "bye"]) a.send(text);
  const got = [];
  for await (const message of a) got.push(message);
  expect(got).toEqual(["1", "2"]);
});
it("is closed by the client", async () => {
  const a = await connect("/echo/room");
  expect(await a.close(3001, "enough")).toEqual({ code: 3001, reason: "" }); // as the server answers
});
it("is dropped", async () => {
  const a = await connect("/echo/room");
  expect(await a.drop()).toEqual({ code: 1006, reason: "" });
});
it("is refused", async () => {
  const error = await connect("/echo/guarded").catch((e) => e);
  expect(error).toMatchObject({ name: "HandshakeError", status: 403, body: expect.stringContaining("no token") });
  expect(error.stack).toContain("echo.test.ts");
});
it("is met where there is nothing", async () => {
  const a = await connect("/echo/nothing"), b = await connect("/nobody/x");
  expect((await a.closed).code).toBe(1008);
  expect((await b.closed).code).toBe(1008);
});
it("carries what a client can say", async () => {
  const a = await connect("/echo/guarded", { protocols: ["v1", "v3"], query: { token: "t" }, cookies: { session: "s 1" }, headers: { "x-agent": "me" }, address: "203.0.113.9" });
  expect(a.protocol).toBe("v1");
  expect(await a.nextJSON()).toEqual({ protocol: "v1", cookie: "s 1", from: "203.0.113.9", agent: "me" });
});
it("takes large messages, in order", async () => {
  const a = await connect("/echo/room");
  const large = "é".repeat(300_000);
  a.send("first").send(large).send("last");
  expect([await a.next(), (await a.next()) === large, await a.next()]).toEqual(["first", true, "last"]);
});
`)
}

func TestRequests(t *testing.T) {
	passes(t, 5, from+`
it("answers", async () => {
  const answer = await request("/echo/hello", { query: { name: "ann" } });
  expect([answer.status, await answer.text()]).toEqual([200, "hi ann"]);
  expect(answer.headers.get("content-type")).toContain("text/plain");
});
it("sends bodies", async () => {
  const answer = await request("/echo/double", { json: { n: 21 } });
  expect([answer.status, await answer.json()]).toEqual([201, { n: 42 }]);
  expect((await request(new Request("http://localhost/echo/double", { method: "POST", body: '{"n":1}' }))).status).toBe(201);
});
it("knows statuses", async () => {
  expect((await request("/echo/nothing")).status).toBe(404);
  expect((await request("/nobody/")).status).toBe(404);
  expect((await request("/echo/hello", { method: "DELETE" })).status).toBe(405);
  expect((await request("/echo/room")).status).toBe(400);
  expect((await request("/echo/hello", { method: "HEAD" })).body).toBe(null);
});
it("streams", async () => {
  const seen = events(await request("/echo/events"));
  expect((await seen.next()).value).toEqual({ event: "message", data: '{"n":0}' });
  await clock.advance("2s");
  expect((await seen.next()).value!.data).toBe('{"n":1}');
  expect((await seen.next()).value!.data).toBe('{"n":2}');
  await seen.return(undefined);
});
it("is given up", async () => {
  const stop = new AbortController();
  const answer = await request("/echo/events", { signal: stop.signal });
  await answer.body!.cancel();
});
`)
}

// The clock moves schedules, timers, what expires and durable timers, and Date in apps and tests.
func TestClock(t *testing.T) {
	passes(t, 9, from+`
it("stands still", async () => {
  const before = clock.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([clock.now(), Date.now()]).toEqual([before, before]);
});
it("runs schedules", async () => {
  const a = await connect("/echo/room");
  await clock.advance("3m");
  expect(a.messages).toEqual(["tick 1", "tick 2", "tick 3"]);
});
it("runs timers of what is under way", async () => {
  const asked = request("/echo/slow");
  await clock.advance("1m");
  expect(await (await asked).json()).toEqual({ slow: true, at: clock.now() });
});
it("knows places", async () => {
  await fresh();
  const a = await connect("/echo/room");
  for (const [day, utc] of [["2027-03-27", 8], ["2027-03-29", 7]]) { // summer time begins in between
    await clock.set(day + "T0" + (utc - 1) + ":00:30Z");
    a.clear();
    await clock.advance("59m");
    expect(a.messages).not.toContain("good morning");
    await clock.advance("1m");
    expect(a.messages).toContain("good morning");
  }
});
it("lets things expire", async () => {
  await request("/echo/keep", { query: { v: "1" } });
  await clock.advance("9m59s");
  expect(await (await request("/echo/kept")).json()).toEqual({ kv: "1", cache: "1" });
  await clock.advance("1s");
  expect(await (await request("/echo/kept")).json()).toEqual({ kv: null, cache: null });
});
it("fires durable timers, also after a restart", async () => {
  await request("/echo/remind", { method: "POST" });
  await clock.advance("1h59m");
  await restart("echo");
  const a = await connect("/echo/room");
  await clock.advance("1m");
  expect(a.messages).toContain("ring up");
});
it("waits for what runs on other threads", async () => {
  const a = await connect("/echo/room");
  const asked = request("/echo/digest");
  await clock.settle();
  expect(a.messages).toEqual(["digest 32"]);
  await asked;
});
it("goes a long way", async () => {
  const a = await connect("/echo/room");
  await clock.advance("1d");
  expect(a.messages.filter((m) => m.startsWith("tick"))).toHaveLength(24 * 60);
});
it("takes no nonsense", () => {
  expect(() => clock.advance("soon")).toThrow("is no duration");
  expect(() => clock.advance(-1)).toThrow("a duration is");
  expect(() => clock.set("someday")).toThrow("takes a date");
});
`)
}

func TestWorlds(t *testing.T) {
	passes(t, 5, from+`
const kept = async () => (await (await request("/echo/kept")).json()).kv;
it("keeps what is stored over a restart", async () => {
  await request("/echo/keep", { query: { v: "1" } });
  await restart("echo");
  expect(await kept()).toBe("1");
});
it("forgets it in a fresh world", async () => {
  await fresh();
  expect(await kept()).toBe(null);
});
it("keeps connections over a reload", async () => {
  const a = await connect("/echo/room");
  await reload("echo");
  a.send("still");
  expect(await a.next()).toBe("still");
});
it("configures", async () => {
  await configure("echo", { limit: 3 });
  expect(await (await request("/echo/config")).json()).toEqual({ limit: 3 });
  await expect(start("nobody")).rejects.toThrow("no such app");
});
it("answers for the outside", async () => {
  outside.on("https://api.example.com/*", async (asked) => Response.json({ got: await asked.text(), key: asked.headers.get("x-key") }, { status: 202 }));
  const answer = await request("/echo/out");
  expect([answer.status, await answer.json()]).toEqual([202, { got: "b", key: "k" }]);
  outside.on("https://api.example.com/x", { plain: true });
  expect(await (await request("/echo/out")).json()).toEqual({ plain: true });
  expect(outside.requests.map((asked) => asked.method + " " + asked.url)).toEqual(Array(2).fill("POST https://api.example.com/x?y=1"));
  outside.reset().on("https://elsewhere.example.com/", {});
  expect((await request("/echo/out")).status).toBe(500);
});
`)
}

// Connections that a test has opened are closed after it; those of beforeAll stay.
func TestConnectionsEndWithTheirTest(t *testing.T) {
	passes(t, 2, from+`
let stays, goes;
beforeAll(async () => { stays = await connect("/echo/room"); });
it("opens one", async () => { goes = await connect("/echo/room"); expect(goes.isOpen).toBe(true); });
it("has it no more", async () => {
  expect(await goes.closed).toEqual({ code: 1001, reason: "" });
  expect(stays.isOpen).toBe(true);
});
`)
}
