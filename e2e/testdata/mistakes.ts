// Every line below a mark is a mistake that the declarations must tell.
import { Api, AppBase, Get, Guard, HttpReq, OnStop, Response, Scheduled, Websocket, WsConn } from "sigil";

declare const anon: WsConn;
// @ts-expect-error
anon.send(() => 1);
// @ts-expect-error
anon.send(undefined);
// @ts-expect-error
anon.send(1n);
// @ts-expect-error
anon.onMessage((a: number) => a);
// @ts-expect-error
new WsConn();
// @ts-expect-error
anon.id = "x";
// @ts-expect-error
anon.close("x");
export class Bad extends AppBase {
  // @ts-expect-error
  @Get a(ws: WsConn) {}
  // @ts-expect-error
  @Get b() { return () => 1; }
  // @ts-expect-error
  @Get async *c() { yield 1; }
  // @ts-expect-error
  @Websocket d(req: HttpReq) {}
  // @ts-expect-error
  @Websocket static e(ws: WsConn) {}
  // @ts-expect-error
  @Websocket #f(ws: WsConn) {}
  // @ts-expect-error
  @Websocket g = 1;
  // @ts-expect-error
  @Get({ pth: "/x" }) h() {}
  // @ts-expect-error
  @Websocket({ reload: "no" }) i() {}
  // @ts-expect-error
  @Scheduled j() {}
  // @ts-expect-error
  @Scheduled({}) k() {}
  // @ts-expect-error
  @Api l() {}
  // @ts-expect-error
  @Guard() m() {}
  // @ts-expect-error
  @OnStop n(why: number) {}
  // @ts-expect-error
  @Get("/x", "/y") o() {}
  // @ts-expect-error
  @Get(5) p() {}
  // @ts-expect-error
  @Get async q() { return 1n; }
  others() {
    // @ts-expect-error
    this.broadcast("x", { exept: null });
    // @ts-expect-error
    this.connections.filter({ pth: "x" });
    // @ts-expect-error
    this.config = {};
    // @ts-expect-error
    this.name = "x";
    // @ts-expect-error
    this.broadcast(Promise.resolve("is an await missing?"));
  }
  // @ts-expect-error
  @Get s(req: HttpReq, more: string) {}
}
// @ts-expect-error
@Websocket class Worse {}
// @ts-expect-error
new Response("x", { status: "200" });
// @ts-expect-error
import { fetch } from "sigil";
