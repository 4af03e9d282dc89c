// The client where WebSockets do not open: what it does instead, when it goes back, and what it takes for a refusal.
import Real from "ws";
import { connect, Socket } from "../../client/sigil.js";

const base = process.argv[2];
let blocked = true, fetched = 0;
class WebSocket {
  constructor(url, protocols) {
    if (!blocked) return new Real(url, protocols);
    setTimeout(() => this.onclose({ code: 1006, reason: "" }));
  }
  close() {}
}
const plainFetch = globalThis.fetch;
globalThis.fetch = (...args) => { fetched++; return plainFetch(...args); };
const options = { WebSocket, minDelay: 10, maxDelay: 50 };
const once = (emitter, event) => new Promise((resolve) => emitter.on(event, resolve));

// A plain route.
const socket = new Socket(base + "/board/echo", { ...options, protocols: ["v1", "v2"] });
const got = [];
socket.on("message", (data) => got.push(data));
socket.send("early");
await once(socket, "open");
const texts = ["one\r\ntwo\n", "", "ü€😀", "data: x\n\n", "x".repeat(300_000), '{"a":"\\u2028"}'];
for (const text of texts) socket.send(text);
socket.send(new Uint8Array([0, 255, 10]));
while (got.length < texts.length + 2) await once(socket, "message");
while (socket.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 5)); // answers may overtake the acknowledgement
console.log("texts", got.slice(0, -1).every((text, i) => text === ["early", ...texts][i]), new Uint8Array(got.at(-1)).join(), socket.bufferedAmount);
const many = Array.from({ length: 2000 }, (_, i) => String(i));
got.length = 0;
for (const text of many) socket.send(text);
while (got.length < many.length) await once(socket, "message");
console.log("in order", got.every((text, i) => text === many[i]));
const end = once(socket, "close");
socket.send("bye");
const { code, reason } = await end;
console.log("closed", code, reason);
socket.close();

// The realtime protocol, and back to a WebSocket when one opens again.
const client = connect(base + "/board/live", { ...options, heartbeat: 50 });
const room = [];
client.subscribe("room:1", (data) => room.push(data));
await once(client, "open");
await client.publish("room:1", "over HTTP");
const before = fetched;
blocked = false;
const now = Date.now;
Date.now = () => now() + 3_600_000; // long after
const { resumed } = await once(client, "open");
const after = fetched;
await client.publish("room:1", "over a WebSocket");
console.log("back", resumed, before > 0, fetched === after, JSON.stringify(room));
client.close();

// A refusal is no reason to go another way.
fetched = 0;
const refused = new Socket(base + "/board/guarded", { ...options, WebSocket: Real });
for (let i = 0; i < 5; i++) await once(refused, "close");
console.log("refused", refused.state, fetched);
refused.close();

// Nor is one that only HTTP shows: it goes on trying.
blocked = true;
const shown = new Socket(base + "/board/guarded", options);
const reasons = new Set();
for (let i = 0; i < 7; i++) reasons.add((await once(shown, "close")).reason);
console.log("shown", [...reasons].join(), shown.state);
shown.close();

const off = new Socket(base + "/board/echo", { ...options, fallback: false });
fetched = 0;
for (let i = 0; i < 5; i++) await once(off, "close");
console.log("off", fetched);
off.close();
