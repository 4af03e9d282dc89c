// The programs of the benchmark on Deno.
const room = new Set();

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} }, (req) => {
  const path = new URL(req.url).pathname;
  if (path === "/bench/text") return new Response("Hello, world!");
  if (path.startsWith("/bench/items/")) return Response.json({ id: path.slice(13), name: "item" });
  const { socket, response } = Deno.upgradeWebSocket(req);
  switch (path) {
    case "/bench/echo":
      socket.onmessage = (event) => socket.send(event.data);
      break;
    case "/bench/room":
      socket.onopen = () => room.add(socket);
      socket.onclose = () => room.delete(socket);
      break;
    case "/bench/publish":
      socket.onmessage = (event) => {
        for (const member of room) if (member.readyState === 1) member.send(event.data);
      };
  }
  return response;
});
