// Everything here is right: the declarations must not complain.
import { Api, AppBase, Get, Guard, Headers, OnStart, OnStop, Post, Response, Scheduled, Websocket, created, redirect } from "sigil";
import type { Answer, GuardFunction, HttpReq, StopReason, WsConn } from "sigil";

interface Item {
  id: string;
  call: number;
}

const members: GuardFunction = function (req) {
  if (!this.open) return false;
  req.user = { id: 1 };
};

@Guard(members, (req) => { if (!req.cookies.session) return new Response("no", { status: 401 }); })
@Api({ version: "1", workers: "auto" })
export class Fine extends AppBase {
  items = new Map<string, Item>();
  #began = this.log.info("began", this.generation);

  @Get one(req: HttpReq) { return this.items.get(req.params.id) ?? null; }
  @Get("/list") list() { return [...this.items.values()]; }
  @Get({ path: "/options", guard: members }) async options(req: HttpReq): Promise<Answer> { return created({ a: 1, b: [1] }, { location: "/x" }); }
  @Get bytes() { return new Uint8Array(3); }
  @Get nothing() {}
  @Get either() { return this.items.size ? "a text" : { none: true }; }
  @Get optional(): Item | undefined { return this.items.get("x"); }
  @Post() called() { return redirect(new URL("/x", "http://localhost")); }
  @Post async json(req: HttpReq) { return Response.json(await req.json(), { headers: new Headers({ a: "b" }) }); }
  @Guard(members) @Get("/guarded") guarded() { return 1; }

  @Websocket room(ws: WsConn<{ count: number }>) {
    ws.state.count = 1;
    ws.send({ all: [1] });
    ws.send(["a", "list"]);
    ws.send(this.items.get("x") ?? null);
    ws.sendBytes(new DataView(new ArrayBuffer(1)));
    ws.onMessage(async (text) => { await ws.drained(); ws.send(text.toUpperCase()); });
    ws.onBinary((buffer) => ws.sendBytes(buffer));
    ws.onClose(null);
    ws.on("message", (event) => ws.send(event.data));
    ws.onclose = (event) => this.log.info(event.code, event.reason);
  }
  @Websocket("/rooms/:name") named(ws: WsConn) { return ws.close(1000, ws.params.name); }
  @Websocket({ limits: { messageBytes: 4096 }, reload: "drain", protocols: ["v1"] }) async limited(ws: WsConn) {
    this.broadcast({ hello: ws.id }, { except: ws });
    for (const other of this.connections.filter({ topic: "x" })) other.close();
  }

  @OnConnect connected(event: SocketConnectEvent) { event.connection.subscribe("news"); }
  @OnMessage({ path: "/feed" }) said({ message, connectionId }: SocketMessageEvent) { this.connection(connectionId)?.send(message.length); }
  @OnDisconnect gone({ code, wasClean }: SocketDisconnectEvent) { return wasClean && code; }
  @Topic("room:*", { history: 100, ttl: "10m", presence: true, publish: (ws, topic, data) => data !== "" })
  async enter(ws: WsConn, topic: string) { return topic !== "room:0" && ws.user !== undefined; }
  @OnJoin("room:*") came(member: Member, topic: string) { this.publish(topic, { came: member.id }, { key: "k" }); }
  @Rpc add(call: RpcCall, a: number, b: number) { return a + b; }
  @Rpc({ name: "find.user", timeout: "5s" }) async find({ user, cancelled }: RpcCall) { if (cancelled) throw new RpcError(1, "late"); return user; }
  async lists() {
    for (const user of this.users) user.send({ hello: user.id });
    this.users.close(["ann", 7], 4000, "bye", { access: "public" });
    this.connections.send({ users: ["ann"], tokens: ["t"] }, "x");
    return [await this.presence("room:1"), this.history("room:1", { limit: 5 }), this.subscribers("news")];
  }

  @OnStart async start() {}
  @OnStop() stop(reason: StopReason) { return reason; }
  @Scheduled({ every: "15m" }) tidy() {
    const id = setTimeout((n: number) => n, 1, 2);
    clearTimeout(id);
  }
}
