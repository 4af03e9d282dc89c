// A backend that has WebSockets without holding any: the gateway APPNAME posts what clients do, and sends what it is told to.
// This one is a chat: what somebody says goes to all who are there.
import express from "express";

const PORT = Number(process.env.PORT ?? 3010); // port of app.APPNAME in sigil.yaml
const CONTROL = process.env.CONTROL ?? "http://127.0.0.1:40010"; // listeners.control of mounts.APPNAME

const app = express();
app.use(express.json({ limit: "2mb" }));

/** Asks the gateway. Its answers always have status 200; the code in the body tells. */
async function gateway(order, body) {
  const response = await fetch(`${CONTROL}/tapr/ws/conn/${order}`, { method: body ? "POST" : "GET", body: body && JSON.stringify(body) });
  const { code, message, data } = await response.json();
  if (code !== 0) throw new Error(`${order}: ${message}`);
  return data;
}

async function sendToAll(payload) {
  const users = (await gateway("list")).map((user) => user.name);
  if (users.length > 0) await gateway("send", { users, payload });
}

// Every event: open, then messages in order, then one close. A status other than 2xx has it sent again, with the same key.
const last = new Map(); // connection -> number of the last event: one that comes twice counts once
app.post("/websocket/message", async (req, res) => {
  const { action, conn_id: id, user_name: user, data } = req.body;
  const number = Number(req.get("idempotency-key").split("/")[1]);
  if (number <= (last.get(id) ?? 0)) return res.sendStatus(204);
  if (action === "open") await gateway("send", { conn_id: id, payload: { welcome: user || "stranger" } });
  if (action === "message") await sendToAll({ from: user, said: data });
  if (action === "close") last.delete(id); else last.set(id, number);
  res.sendStatus(204);
});

app.listen(PORT, "127.0.0.1", () => console.log(`the backend listens on http://127.0.0.1:${PORT}`));
