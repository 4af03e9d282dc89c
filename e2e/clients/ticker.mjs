import { open, print } from "./client.mjs";

const ws = await open("/tickerapp/ticker");
print(await ws.next());
let last;
for (let i = 1; i <= 3; i++) print((last = await ws.next()));
ws.send("something else");
ws.send("stop");
let final = await ws.next();
while (final.startsWith("count:")) [last, final] = [final, await ws.next()];
print("the final number is the last one:", final === last.replace("count", "final"));
print(await ws.ended());
