// The programs of the benchmark on Bun.
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.PORT),
  fetch(req, server) {
    const path = new URL(req.url).pathname;
    if (path === "/bench/text") return new Response("Hello, world!");
    if (path.startsWith("/bench/items/")) return Response.json({ id: path.slice(13), name: "item" });
    return server.upgrade(req, { data: path }) ? undefined : new Response("upgrade", { status: 426 });
  },
  websocket: {
    perMessageDeflate: false,
    open(ws) {
      if (ws.data === "/bench/room") ws.subscribe("room");
    },
    message(ws, text) {
      if (ws.data === "/bench/publish") server.publish("room", text);
      else ws.send(text);
    },
  },
});
