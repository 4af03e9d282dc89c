import { base, open, print } from "./client.mjs";

const ann = await open("/chatapp/room");
print("ann:", await ann.next());
const bob = await open("/chatapp/room");
print("ann:", await ann.next());
print("bob:", await bob.next());

const say = async (who, text) => {
  who.send(text);
  print("ann:", await ann.next());
  print("bob:", await bob.next());
};
await say(ann, "name:ann");
await say(ann, "hello, anon");
await say(bob, "hello, ann");
await say(bob, "name:bob"); // too late: no longer the first message
print("people:", await (await fetch(`http://${base}/chatapp/people`)).text());
print("page:", (await (await fetch(`http://${base}/chatapp/`)).text()).includes("<title>Chat</title>"));

ann.close();
print("bob:", await bob.next());
bob.close();
print(await ann.ended(), await bob.ended());
