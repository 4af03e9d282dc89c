import { clock, connect, expect, it } from "sigil:test";

it("gives every message to all, with its date", async () => {
  const ann = await connect("/honochat/api/chat/ws"), bob = await connect("/honochat/api/chat/ws");
  ann.send({ message: "hello" });
  const wanted = { message: "hello", date: clock.now() };
  expect(await ann.nextJSON()).toEqual(wanted);
  expect(await bob.nextJSON()).toEqual(wanted);
});

it("forgets who has left", async () => {
  const ann = await connect("/honochat/api/chat/ws"), bob = await connect("/honochat/api/chat/ws");
  await bob.close();
  ann.send({ message: "still there?" });
  await ann.next();
  expect(bob.messages).toEqual([]);
});
