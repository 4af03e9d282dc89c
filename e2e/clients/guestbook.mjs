import { base, print } from "./client.mjs";

async function ask(method, path, body, headers = {}) {
  const res = await fetch(`http://${base}/guestbook${path}`, { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
  return { res, data: await res.json() };
}
const abort = new AbortController();
const watch = await fetch(`http://${base}/guestbook/watch`, { signal: abort.signal });
print(watch.headers.get("content-type"));
const text = watch.body.pipeThrough(new TextDecoderStream()).getReader();
let received = "";
const event = async () => {
  while (!/^data: /m.test(received) || !received.endsWith("\n\n")) received += (await text.read()).value;
  const [, data] = /^data: (.*)$/m.exec(received);
  received = "";
  return JSON.parse(data);
};
const { res } = await ask("POST", "/entries", { name: "Ada", text: "I was here" });
print("signed", res.status);
print("saw", (await event()).text);
abort.abort();
const wrong = await ask("POST", "/entries", { name: "", more: 1 });
print(wrong.res.status, wrong.res.headers.get("content-type"), wrong.data.errors.map((e) => e.pointer).sort().join(" "));
const list = await ask("GET", "/entries?last=1", undefined, { origin: "https://elsewhere.example" });
print(list.res.headers.get("access-control-allow-origin"), list.data.map((e) => e.name).join());
print((await ask("GET", "/entries?last=many")).data.errors[0].pointer);
