import { base, open, print } from "./client.mjs";

const ws = await open("/honopings/api/pings/ws");
ws.send("ping");
print(await ws.next());
ws.send("ping again");
print(await ws.next());
ws.close();
print(await ws.ended());
const plain = await fetch(`http://${base}/honopings/`, { headers: { origin: "http://elsewhere.example" } });
print(plain.status, plain.headers.get("access-control-allow-origin"), await plain.text());
print("no upgrade:", (await fetch(`http://${base}/honopings/api/pings/ws`)).status);
