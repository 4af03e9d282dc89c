import { open, print } from "./client.mjs";

const [ann, bob] = [await open("/honochat/api/chat/ws"), await open("/honochat/api/chat/ws")];
bob.send(JSON.stringify({ message: "here" })); // whoever came last is there once they hear themselves
for (const one of [ann, bob]) await one.next();
const before = Date.now();
ann.send(JSON.stringify({ message: "hello" }));
for (const one of [ann, bob]) {
  const { message, date } = JSON.parse(await one.next());
  print(message, "dated now:", date >= before - 1000 && date <= Date.now() + 1000);
}
ann.send("no JSON");
ann.close();
print(await ann.ended());
bob.send(JSON.stringify({ message: "still here" }));
print(JSON.parse(await bob.next()).message);
bob.close();
