import { beforeEach, clock, configure, connect, describe, expect, fresh, it, outside, request } from "sigil:test";

const backend = "http://127.0.0.1:3000/events";

/** The events that the backend was told, oldest first. */
const told = () => Promise.all(outside.requests.map((asked) => asked.clone().json()));

const control = (path: string, json: unknown) => request("/tapr/ws/conn/" + path, { listener: "gateway/control", json });

const enter = (user = "ann") => connect("/gateway/ws", { headers: { "x-bfl-user": user } });

beforeEach(async () => {
  await fresh();
  await configure("gateway", { url: "/events", port: 3000 });
  outside.reset().on(backend, {});
});

describe("the backend", () => {
  it("is told of everything, in order", async () => {
    const ann = await enter();
    ann.send({ event: "hello" });
    await ann.close();
    await clock.settle();
    expect(await told()).toMatchObject([
      { action: "open", user_name: "ann" },
      { action: "message", data: { event: "hello" } },
      { action: "close" },
    ]);
  });

  it("is asked again until it takes an event", async () => {
    let tries = 0;
    outside.on(backend, () => new Response(null, { status: ++tries < 4 ? 503 : 200 }));
    await enter();
    await clock.advance("10s");
    expect(tries).toBe(4);
    const keys = outside.requests.map((asked) => asked.headers.get("idempotency-key"));
    expect(new Set(keys).size).toBe(1);
  });

  it("is not asked again what it refuses", async () => {
    outside.on(backend, new Response("no", { status: 403 }));
    await enter();
    await clock.advance("40s");
    expect(outside.requests).toHaveLength(1);
  });
});

describe("the backend's orders", () => {
  it("reach the connections of a user", async () => {
    const ann = await enter("ann"), bob = await enter("bob");
    const answer = await control("send", { users: ["ann"], payload: { hello: 1 } });
    expect(await answer.json()).toEqual({ code: 0, message: "success" });
    expect(await ann.nextJSON()).toEqual({ hello: 1 });
    expect(bob.messages).toEqual([]);
  });

  it("close connections", async () => {
    const ann = await enter("ann");
    await control("close", { users: ["ann"], code: 4002, reason: "enough" });
    expect(await ann.closed).toEqual({ code: 4002, reason: "enough" });
  });

  it("must say who is meant", async () => {
    expect(await (await control("send", { payload: 1 })).json()).toMatchObject({ code: 400 });
  });
});

it("closes who does not ping for 45 seconds", async () => {
  const quiet = await enter("ann"), lively = await enter("bob");
  await clock.advance("30s");
  lively.send({ event: "ping" });
  expect(await lively.nextJSON()).toEqual({ event: "pong" });
  await clock.advance("20s");
  expect(quiet.isOpen).toBe(false);
  expect(lively.isOpen).toBe(true);
});
