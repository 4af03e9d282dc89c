import { open, print } from "./client.mjs";

const ws = await open("/timebox/timeboxed");
ws.send("how long?");
print("some seconds left:", /^[1-3] s left$/.test(await ws.next()));
print(await ws.ended());
