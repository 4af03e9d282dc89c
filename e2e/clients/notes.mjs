import { base, open, print } from "./client.mjs";

async function ask(method, path, body) {
  const res = await fetch(`http://${base}/notes${path}`, { method, body: body && (typeof body === "string" ? body : JSON.stringify(body)) });
  const text = await res.text();
  const data = res.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  print(method, path, res.status, data.id ?? (Array.isArray(data) ? data.map((note) => note.id).join() : data), res.headers.get("location") ?? "");
}
const live = await open("/notes/live");
const change = async () => {
  const { all, saved, removed } = JSON.parse(await live.next());
  print("live:", all ? `all ${all.map((note) => note.id)}` : saved ? `saved ${saved.id} ${saved.text}` : `removed ${removed}`);
};
await change();
await ask("POST", "/notes", { title: "Buy Crème brûlée!", text: "two" });
await change();
await ask("POST", "/notes", { title: "buy creme brulee" });
await ask("POST", "/notes", { text: "no title" });
await ask("POST", "/notes", "{ this is not JSON");
await ask("GET", "/notes");
await ask("GET", "/notes/buy-creme-brulee");
await ask("PUT", "/notes/buy-creme-brulee", { title: "Buy Crème brûlée!", text: "three" });
await change();
await ask("DELETE", "/notes/buy-creme-brulee");
await change();
await ask("DELETE", "/notes/buy-creme-brulee");
await ask("GET", "/notes/nothing");
live.close();
print(await live.ended());
