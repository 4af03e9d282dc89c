import { base, open, print } from "./client.mjs";

const ws = await open("/gateway/ws", { "X-Bfl-User": "ann", cookie: "auth_token=secret" });
ws.send('{"event":"ping","data":{}}');
print(await ws.next());
print("plain HTTP", (await fetch(`http://${base}/gateway/ws`)).status);
print("control API", (await fetch(`http://${base}/gateway/tapr/ws/conn/list`)).status);
ws.close(1000);
print(await ws.ended());
