// A WebSocket client whose messages are read one by one. Everything has a deadline.
import WebSocket from "ws";

const PATIENCE = 60_000;
export const base = process.argv[2]; // "127.0.0.1:8081"

const within = (promise, what) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** Opens ws://base/path; rejects with "refused STATUS" when the server answers otherwise. */
export async function open(path, headers = {}, options = {}) {
  const socket = new WebSocket(`ws://${base}${path}`, { headers, ...options });
  const waiting = [], arrived = [];
  socket.on("message", (data, binary) => {
    const message = binary ? data : data.toString();
    waiting.length ? waiting.shift()(message) : arrived.push(message);
  });
  const ended = new Promise((resolve) => socket.on("close", (code, reason) => resolve(`closed ${code} ${reason}`.trim())));
  await within(new Promise((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
    socket.on("unexpected-response", (req, res) => { req.destroy(); reject(new Error(`refused ${res.statusCode}`)); });
  }), `opening ${path}`);
  return {
    extensions: socket.extensions,
    send: (data, how) => socket.send(data, how ?? {}),
    next: () => within(arrived.length ? arrived.shift() : new Promise((resolve) => waiting.push(resolve)), "a message"),
    ended: () => within(ended, "the end"),
    close: (code, reason) => socket.close(code, reason),
  };
}

export const print = (...values) => console.log(...values);
