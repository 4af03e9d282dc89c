// Drives apps/catalogue: its checks, its events, its desk.
import WebSocket from "ws";

const base = `http://${process.argv[2]}/catalogue`;
const json = { "content-type": "application/json" };

async function show(path, options) {
  const response = await fetch(base + path, options), text = await response.text();
  console.log(options?.method ?? "GET", path, response.status, response.headers.get("x-contract-violation") ?? "", text.slice(0, 200));
  return text && text.startsWith("{") ? JSON.parse(text) : text;
}

const titles = async (query) => console.log(query, (await (await fetch(base + "/books" + query)).json()).map((book) => book.title).join(", "));
await titles("");
await titles("?words=ada");
await titles("?binding=audio&limit=5");
console.log((await (await fetch(base + "/books?limit=0")).json()).errors[0].pointer);

const events = await fetch(base + "/arrivals"), reader = events.body.pipeThrough(new TextDecoderStream()).getReader();
const { id } = await show("/books", { method: "POST", headers: json, body: JSON.stringify({ title: "Notes", author: { name: "Ada" }, views: 99 }) });
let event = "";
while (!/^data:.*\n\n/m.test(event)) event += (await reader.read()).value;
console.log(event.slice(event.indexOf("event:")).trim().split("\n").join(" | "));
await reader.cancel();
console.log((await (await fetch(base + "/books", { method: "POST", headers: json, body: '{"title":"","author":{}}' })).json()).errors.map((e) => e.pointer).sort().join(" "));
await show("/books/" + id, { method: "DELETE" });
await show("/books/" + id);

const desk = new WebSocket(base.replace("http", "ws") + "/desk");
const next = () => new Promise((resolve) => desk.once("message", (data) => resolve(JSON.parse(data))));
await new Promise((resolve) => desk.once("open", resolve));
desk.send('{"find":"alice"}');
console.log((await next()).books.length, "found");
desk.send("what?");
console.log((await next()).sorry);
desk.once("close", (code) => console.log("closed", code));
desk.close(1000);
