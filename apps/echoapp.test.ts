import { connect, expect, it } from "sigil:test";

it("sends back what it is sent", async () => {
  const client = await connect("/echoapp/echo");
  client.send("hello");
  expect(await client.next()).toBe("echo: hello");
});

it("keeps the order, however fast it comes", async () => {
  const client = await connect("/echoapp/echo");
  const sent = Array.from({ length: 1000 }, (_, i) => String(i));
  for (const text of sent) client.send(text);
  await client.until(`echo: 999`);
  expect(client.messages).toEqual(sent.map((text) => "echo: " + text));
});

it("talks to everyone for themselves", async () => {
  const ann = await connect("/echoapp/echo"), bob = await connect("/echoapp/echo");
  ann.send("only me");
  await ann.next();
  expect(bob.messages).toEqual([]);
});
