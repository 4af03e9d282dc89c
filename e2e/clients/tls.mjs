// Talks by TLS as a client of Node does: node tls.mjs host:port root.pem
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { once } from "node:events";
import WebSocket from "ws";

const [host, root] = process.argv.slice(2);
const ca = readFileSync(root);

const ws = new WebSocket(`wss://${host}/app/echo`, { ca });
await once(ws, "open");
ws.send("hello");
const [hello] = await once(ws, "message");
ws.send("x".repeat(256 << 10));
const [large] = await once(ws, "message");
ws.close(1000);
const [code] = await once(ws, "close");
console.log(`trusted: ${hello}, ${large.length} bytes, closed ${code}`);

const stranger = new WebSocket(`wss://${host}/app/echo`);
const [error] = await once(stranger, "error");
console.log(`stranger: ${error.code}`);

const session = http2.connect(`https://${host}`, { ca });
const stream = session.request({ ":path": "/app/where" });
let body = "";
for await (const chunk of stream) body += chunk;
console.log(`http/2: ${body}, ALPN ${session.alpnProtocol}`);
console.log(`by http/2: ${session.remoteSettings.enableConnectProtocol ? "extended" : "no extended"} CONNECT`);
session.close();
