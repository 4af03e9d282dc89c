import { base, open, print } from "./client.mjs";

const all = [await open("/honousers/api/chat/ws"), await open("/honousers/api/chat/ws")];
for (const one of all.toReversed()) { // whoever came last is there once they hear themselves
  one.send(JSON.stringify({ message: "hi" }));
  const heard = await Promise.all(all.map(async (each) => JSON.parse(await each.next()).message));
  print("a user is heard:", /^User \d{1,3}: hi$/.test(heard[0]), "by all alike:", heard[0] === heard[1]);
}
const page = await fetch(`http://${base}/honousers/`);
print("page:", page.status, page.headers.get("content-type"), (await page.text()).includes("<title>Users</title>"));
all.forEach((one) => one.close());
print(...await Promise.all(all.map((one) => one.ended())));
