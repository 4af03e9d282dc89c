import { open, print } from "./client.mjs";

const ws = await open("/timebox/timeboxed");
ws.send("how long?");
print(await ws.next());
print(await ws.ended());
