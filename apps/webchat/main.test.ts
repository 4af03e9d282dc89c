import { beforeEach, clock, connect, expect, fresh, it, request } from "sigil:test";

beforeEach(fresh);

const say = (message: string) => request("/webchat/messages", { form: { message } });

it("tells everyone what is said by HTTP", async () => {
  const page = await connect("/webchat/ws");
  const answer = await say("hello");
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({ text: "hello", at: clock.now() });
  expect(await page.until((message) => message[0]?.text)).toEqual([{ text: "hello", at: clock.now() }]);
});

it("greets with what was said before", async () => {
  await say("first");
  await say("second");
  const page = await connect("/webchat/ws");
  expect(await page.nextJSON()).toMatchObject([{ text: "first" }, { text: "second" }]);
});

it("remembers a hundred messages", async () => {
  for (let i = 1; i <= 101; i++) await say(`message ${i}`);
  const all = await (await request("/webchat/messages")).json();
  expect(all).toHaveLength(100);
  expect(all[0].text).toBe("message 2");
});

it("counts who is there", async () => {
  const page = await connect("/webchat/ws");
  const other = await connect("/webchat/ws");
  await page.until({ people: 2 });
  await other.close();
  await page.until({ people: 1 });
});

it("wants a text", async () => {
  const answer = await say("   ");
  expect(answer.status).toBe(400);
});
