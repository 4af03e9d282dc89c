// Handlers that fail, each in its own way: what the query names fails.
import { Hono } from "hono";
import { upgradeWebSocket } from "sigil/hono";

const fail = {
  none() {},
  throws(where: string) { throw new Error(`${where} throws`); },
  async rejects(where: string) { await null; throw new Error(`${where} rejects`); },
  text(where: string) { throw `${where} throws a text`; },
};
type Fault = keyof typeof fail;

const app = new Hono();
let seen: unknown;
app.get("/ws", upgradeWebSocket((c) => {
  const fault = (name: string) => fail[(c.req.query(name) ?? "none") as Fault];
  return {
    onOpen(_, ws) { seen = ws; ws.send(`open ${ws.readyState}`); return fault("onOpen")("onOpen"); },
    onMessage(event, ws) {
      ws.send(`${event.data} ${ws.readyState} ${ws === seen}`);
      return fail[event.data as Fault]?.("onMessage");
    },
    onError: () => fault("onError")("onError") as any,
    onClose: () => fault("onClose")("onClose"),
  };
}));

export default app;
