// The echo server that Sigil is compared with: ws. It prints its port.
import { WebSocketServer } from "ws";

const perMessageDeflate = { threshold: 256, serverNoContextTakeover: true, clientNoContextTakeover: true };
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 1 << 20, perMessageDeflate });
server.on("connection", (ws) => {
  ws.on("message", (data, binary) => ws.send(data, { binary }));
  ws.on("error", () => {}); // it closes with the code that is compared
});
server.on("listening", () => console.log(`listening on ${server.address().port}.`));
