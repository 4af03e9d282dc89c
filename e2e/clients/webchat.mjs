import { base, open, print } from "./client.mjs";

const ann = await open("/webchat/ws");
print("ann:", await ann.next());
print("ann:", await ann.next());
const bob = await open("/webchat/ws");
print("bob:", await bob.next(), await bob.next());
print("ann:", await ann.next());

const say = async (form) => {
  const response = await fetch(`http://${base}/webchat/messages`, { method: "POST", body: new URLSearchParams(form) });
  print("POST", response.status);
};
await say({ message: "grüße & <b>" });
for (const ws of [ann, bob]) print("all:", JSON.parse(await ws.next()).map((m) => m.text).join());
await say({ massage: "?" });
const late = await open("/webchat/ws");
print("late:", JSON.parse(await late.next()).map((m) => m.text).join());
print("late:", await late.next());
bob.close(1000);
print(await bob.ended());
print("ann:", await ann.next(), await ann.next());
ann.close(1000);
late.close(1000);
