// The programs of the benchmark on Node with ws.
import { WebSocketServer } from "ws";

const room = new Set();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.env.PORT), perMessageDeflate: false });

server.on("connection", (ws, req) => {
  ws.on("error", () => {});
  switch (req.url) {
    case "/bench/echo":
      ws.on("message", (data) => ws.send(data.toString()));
      break;
    case "/bench/room":
      room.add(ws);
      ws.on("close", () => room.delete(ws));
      break;
    case "/bench/publish":
      ws.on("message", (data) => {
        const text = data.toString();
        for (const member of room) member.send(text);
      });
  }
});
