// The HTTP programs of the benchmark on Node's own http.
import { createServer } from "node:http";

const item = /^\/bench\/items\/([^/]+)$/;

createServer((req, res) => {
  if (req.method === "GET" && req.url === "/bench/text") {
    res.writeHead(200, { "content-type": "text/plain;charset=UTF-8" }).end("Hello, world!");
    return;
  }
  const found = req.method === "GET" && item.exec(req.url);
  if (!found) {
    res.writeHead(404).end();
    return;
  }
  res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ id: decodeURIComponent(found[1]), name: "item" }));
}).listen(Number(process.env.PORT), "127.0.0.1");
