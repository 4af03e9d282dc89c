// Speaks the realtime protocol as docs/protocol.md says, with nothing but a WebSocket: calls, a topic, a lost connection, and
// what was missed.
import WebSocket from "ws";

const url = process.argv[2];

class Client {
  #calls = new Map();
  #next = 1;
  messages = [];

  constructor(socket) {
    this.socket = socket;
    socket.on("message", (data) => this.#take(JSON.parse(data)));
  }

  static connect() {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(new Client(socket)));
      socket.once("error", reject);
    });
  }

  #take(message) {
    if (message.id === undefined) {
      this.messages.push(`${message.method} ${JSON.stringify(message.params)}`);
      this.wake?.();
      return;
    }
    const { resolve, reject } = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.error) reject(message.error); else resolve(message.result);
  }

  call(method, params) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  async received(count) {
    while (this.messages.length < count) await new Promise((resolve) => { this.wake = resolve; });
    return this.messages.splice(0);
  }
}

const a = await Client.connect(), b = await Client.connect();
console.log(await a.call("add", [1, 2]), await a.call("greet", { name: "ann" }));
console.log(await a.call("nope", []).catch((error) => `${error.code} ${error.message}`));
const { session } = await a.call("$/hello", {});
const at = await a.call("$/subscribe", { topic: "room:1" });
await b.call("$/publish", { topic: "room:1", data: { n: 1 }, key: "k" });
console.log((await b.call("$/publish", { topic: "room:1", data: { n: 1 }, key: "k" })).duplicate);
console.log(...await a.received(1));
a.socket.terminate();
for (const n of [2, 3]) await b.call("$/publish", { topic: "room:1", data: { n } });
const c = await Client.connect();
const hello = await c.call("$/hello", { session, attempt: 2, positions: { "room:1": { epoch: at.epoch, offset: at.offset + 1 } } });
console.log(hello.resumed, hello.topics["room:1"].recovered);
console.log((await c.received(2)).join("\n"));
for (const client of [b, c]) client.socket.close(1000);
