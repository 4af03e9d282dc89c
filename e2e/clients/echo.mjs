import { open, print } from "./client.mjs";

const ws = await open("/echoapp/echo");
for (const text of ["hello", "", "häßlich 👋", "x".repeat(70_000)]) {
  ws.send(text);
  const answer = await ws.next();
  print(answer.length > 100 ? `${answer.slice(0, 8)} and ${answer.length} characters` : answer);
}
for (let i = 0; i < 1000; i++) ws.send(String(i));
let inOrder = true;
for (let i = 0; i < 1000; i++) inOrder &&= (await ws.next()) === `echo: ${i}`;
print("a thousand in order:", inOrder);
ws.close(4321, "enough");
print(await ws.ended());
