// A backend of the gateway in plain Node: keeps every event in the order of arrival, and answers well, slowly or with 500 as
// it is told. It is driven over its standard input, a line each, and answers on its standard output.
//   ok | slow | error        how it answers from now on
//   down | up                closes its port, with all connections; opens it again
//   report                   prints one line of JSON: what it has seen, by connection
import http from "node:http";
import readline from "node:readline";

const SLOW = 300; // ms
let mode = "ok";
const seen = new Map(); // connection -> [{ action, key, data }], each key once

function keep(key, { conn_id: id, action, data, user_name: user, token, access_public: isPublic }, cookie) {
  if (!seen.has(id)) seen.set(id, []);
  const events = seen.get(id);
  if (!events.some((event) => event.key === key)) events.push({ action, key, data, user, token, isPublic, cookie });
}

const server = http.createServer((req, res) => {
  let body = "";
  req.setEncoding("utf8").on("data", (chunk) => { body += chunk; }).on("end", () => {
    const answer = (status) => { res.statusCode = status; res.end(); };
    if (mode === "error") return answer(500); // and forgets it
    keep(req.headers["idempotency-key"], JSON.parse(body), req.headers.cookie);
    if (mode === "slow") setTimeout(answer, SLOW, 200); else answer(200);
  });
});

const say = (line) => process.stdout.write(line + "\n");
const port = Number(process.argv[2] ?? 0);
let bound = port;
const up = () => server.listen(bound, "127.0.0.1", () => { bound = server.address().port; say("up " + bound); });
up();

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === "report") say("report " + JSON.stringify(Object.fromEntries(seen)));
  else if (line === "up") up();
  else if (line === "down") { server.close(() => say("down")); server.closeAllConnections(); }
  else { mode = line; say("mode " + line); }
}
process.exit(0);
