// Follows and publishes with the client while the connection is cut, the app reloaded and the server restarted.
import WebSocket from "ws";
import { connect, ConnectionLost, RpcError, Socket } from "../../client/sigil.js";

const [url, plain, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const options = { WebSocket, minDelay: 10, maxDelay: 100 };
const follower = connect(url, options), publisher = connect(url, options);
const got = { first: [], second: [] };
let wake, losses = 0, opens = 0, resumed = 0;
const first = follower.subscribe("room:1", (n) => { got.first.push(n); wake?.(); });
first.on("lost", () => losses++);
follower.on("open", (info) => { opens++; resumed += info.resumed; });
await new Promise((resolve) => first.on("subscribed", resolve));
const second = follower.subscribe("room:1", (n) => { got.second.push(n); wake?.(); });

async function until(condition) {
  while (!condition()) await new Promise((resolve) => { wake = resolve; });
}
const check = (name, numbers, from, to) => {
  const seen = new Map();
  for (const n of numbers) seen.set(n, (seen.get(n) ?? 0) + 1);
  let missing = 0, doubled = 0;
  for (let n = from; n < to; n++) { if (!seen.has(n)) missing++; else if (seen.get(n) > 1) doubled++; }
  console.log(`${name}: ${numbers.length} received, ${missing} missing, ${doubled} doubled`);
};

// Cuts and reloads: twenty publications at a time.
for (let n = 0; n < count; n += 20) {
  await Promise.all(Array.from({ length: 20 }, (_, i) => publisher.publish("room:1", n + i)));
}
await until(() => got.first.length >= count && got.second.length >= count);
check("first", got.first, 0, count);
check("second", got.second, 0, count);
console.log("losses", losses);
console.error("connections", opens, "resumed", resumed);

// A third one begins at the first position: the others get nothing twice.
const again = [];
const third = follower.subscribe("room:1", (n) => { again.push(n); wake?.(); }, { since: { ...first.position, offset: first.position.offset - 50 } });
await until(() => again.length >= 50);
third.unsubscribe();
console.log("third", again.length, "first", got.first.length, "second", got.second.length);

// A restart: what is published meanwhile waits, and what may be missing is told.
const lost = new Promise((resolve) => first.on("lost", resolve));
console.log("restart");
await new Promise((resolve) => publisher.on("close", resolve));
const offline = Array.from({ length: 200 }, (_, i) => publisher.publish("room:1", count + i));
await Promise.all(offline);
await lost;
console.log("after the restart", losses);
const before = got.first.length;
await Promise.all([1, 2, 3].map((n) => publisher.publish("room:1", count + 200 + n)));
await until(() => got.first.length >= before + 3);
console.log("goes on", new Set(got.first).size === got.first.length, new Set(got.second).size === got.second.length);

// Calls.
console.log(await publisher.rpc.add(1, 2));
const told = async (promise) => promise.catch((error) => [error.name, error.code].filter((part) => typeof part !== "number" || error instanceof RpcError).join(" "));
console.log(await told(publisher.rpc.nope()));
console.log(await told(publisher.call("hang", [], { timeout: 50 })));
console.log(await told(publisher.call("hang", [], { signal: AbortSignal.timeout(50) })));
const controller = new AbortController();
const cancelled = told(publisher.call("hang", [], { signal: controller.signal }));
controller.abort();
console.log(await cancelled, (await publisher.rpc.cancelled()) > 0);
console.log((await Promise.all(Array.from({ length: 900 }, (_, i) => publisher.rpc.add(i, 1)))).length); // more than may be in flight

// Presence.
const room = publisher.subscribe("room:1", undefined, { presence: true });
await new Promise((resolve) => room.on("presence", (members) => members.length === 2 && resolve()));
console.log("members", room.members.length, (await room.presence()).count);

// Sessions: another client takes one up, which is told to the first.
const taken = new Promise((resolve) => follower.on("close", resolve));
const heir = connect(url, { ...options, session: follower.session });
console.log("heir", await new Promise((resolve) => heir.on("open", (info) => resolve(info.resumed))));
const { code, final } = await taken;
console.log(code, final, follower.state, await told(follower.rpc.add(1, 1)));

// A call under way when the connection is lost.
const cut = publisher.rpc.hang().catch((error) => error instanceof ConnectionLost);
await publisher.rpc.add(0, 0);
console.log("cut");
console.log("lost call", await cut);

// A plain route.
const socket = new Socket(plain, options);
const echoes = [];
socket.send("early");
socket.on("message", (text) => { echoes.push(text); wake?.(); });
await until(() => echoes.length >= 1);
console.log(echoes[0], socket.state);
for (const one of [socket, heir, publisher]) one.close();
