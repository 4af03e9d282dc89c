import { open, print } from "./client.mjs";

const ws = await open("/bridge/bridge");
for (const bytes of [Buffer.from([0, 1, 2, 255]), Buffer.alloc(0), Buffer.alloc(200_000, 7)]) {
  ws.send(bytes);
  const answer = await ws.next();
  const right = Buffer.isBuffer(answer) && answer.equals(Buffer.concat([Buffer.from("ack:"), bytes]));
  print(bytes.length, "bytes acknowledged:", right);
}
ws.send("a text");
print(await ws.ended());
