// The contract of Hono's WebSocket helper, seen from outside.
import WebSocket from "ws";
import { base, open, print } from "./client.mjs";

const get = async (path) => (await fetch(`http://${base}${path}`)).text();

/** A handshake, as what came back: "101" with some headers, or the refusal with its body. */
const handshake = (path, options = {}) => new Promise((resolve) => {
  const socket = new WebSocket(`ws://${base}${path}`, options.protocols ?? [], { headers: options.headers ?? {} });
  let headers;
  socket.on("upgrade", (res) => { headers = res.headers; });
  socket.on("open", () => { resolve({ status: 101, headers, protocol: socket.protocol }); socket.terminate(); });
  socket.on("unexpected-response", async (_, res) => {
    let body = "";
    for await (const chunk of res) body += chunk;
    resolve({ status: res.statusCode, headers: res.headers, body });
    socket.terminate();
  });
  socket.on("error", (error) => resolve({ status: error.message }));
});

// Order, identity, what ws knows.
const ws = await open("/sockets/ws?q=1");
ws.send("before anything was read");
print(await ws.next());
print(await ws.next());
const ask = async (text) => { ws.send(text); print(text, "->", await ws.next()); };
await ask("same");
await ask("log");
print("contexts of one connection:", await get("/sockets/identity"));

// Bytes.
ws.send(Buffer.from([1, 2, 3, 4]));
print("reversed view:", [...await ws.next()].join());
await (async () => { ws.send("view"); print("view:", [...await ws.next()].join()); ws.send("buffer"); print("buffer:", [...await ws.next()].join()); })();
ws.send(Buffer.alloc(0));
print("empty:", (await ws.next()).length);

// Exceptions are told, and the connection stays.
ws.send("boom");
ws.send("later");
await ask("still here");
print(await get("/sockets/events"));

// Closing.
ws.send("close");
print(await ws.ended());
print(await get("/sockets/events"));
const left = await open("/sockets/ws");
await left.next();
left.close(3001, "bye");
print(await left.ended());
print(await get("/sockets/events"));
await handshake("/sockets/ws"); // ends without a close frame
let events = "[]";
while (events === "[]") events = await get("/sockets/events");
print(events);

// What asks for no WebSocket goes on.
print("GET /ws:", await get("/sockets/ws"));
print("GET /alone:", (await fetch(`http://${base}/sockets/alone`)).status);
print("handler form:", await get("/sockets/handler"));
const handler = await open("/sockets/handler");
handler.send("x");
print(await handler.next());
print(await (await open("/sockets/rooms/7/ws")).next());

// The factory.
const late = await open("/sockets/factory/async", { "x-who": "ann" });
late.send("1");
late.send("2");
print(await late.next(), await late.next(), await late.next());
const refused = await handshake("/sockets/factory/refuse");
print("refused:", refused.status, refused.headers["www-authenticate"], refused.body);
print("let in:", await (await open("/sockets/factory/refuse", { "x-who": "bob" })).next());
const broken = await handshake("/sockets/factory/throw");
print("factory throws:", broken.status, broken.body);
const guarded = await handshake("/sockets/guarded");
print("guarded:", guarded.status, guarded.body);
print("no such route:", (await handshake("/sockets/nothing")).status);

// Headers and subprotocols.
const { headers } = await handshake("/sockets/headers/ws", { headers: { origin: `http://${base}` } });
for (const name of ["x-a", "set-cookie", "access-control-allow-origin", "access-control-expose-headers", "connection", "transfer-encoding", "content-length", "keep-alive", "trailer", "te", "proxy-connection", "x-sigil-upgrade"]) {
  print(`${name}:`, String(headers[name] ?? "none"));
}
print("first of those offered:", (await handshake("/sockets/ws", { protocols: ["x", "y"] })).headers["sec-websocket-protocol"]);
print("the one wanted:", (await handshake("/sockets/chosen", { protocols: ["a", "c", "b"] })).headers["sec-websocket-protocol"]);

// The names of other servers.
for (const app of ["deno", "bun", "bun2"]) {
  const other = await open(`/${app}/ws`);
  other.send("hi");
  print(await other.next());
}
print(await (await open("/deno/same")).next());
process.exit(0);
