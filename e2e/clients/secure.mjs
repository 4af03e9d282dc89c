import { open, print } from "./client.mjs";

async function knock(path, headers) {
  const ws = await open("/secure/secure" + path, headers);
  return ws;
}
print(await (await knock("")).ended());
print(await (await knock("", { "x-api-key": "guess" })).ended());
print(await (await knock("?token=guess")).ended());

for (const ws of [await knock("", { "X-API-Key": "let-me-in" }), await knock("?token=let-me-in")]) {
  print(await ws.next());
  ws.send("psst");
  print(await ws.next());
  ws.close();
  print(await ws.ended());
}

print(await open("/secure/guarded").catch((error) => error.message));
const guest = await open("/secure/guarded?token=let-me-in&name=Zo%C3%AB");
print(await guest.next());
guest.close(1000);
print(await guest.ended());
