import { connect, expect, it, request } from "sigil:test";

it("gives everyone a name that all can hear", async () => {
  const ann = await connect("/honousers/api/chat/ws"), bob = await connect("/honousers/api/chat/ws");
  ann.send({ message: "hello" });
  const heard = await bob.nextJSON();
  expect(heard.message).toMatch(/^User \d{1,3}: hello$/);
  expect(await ann.nextJSON()).toEqual(heard);
});

it("has a page", async () => {
  const page = await request("/honousers/index.html");
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toContain("<html");
});
