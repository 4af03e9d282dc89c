// WebSockets for an HTTP backend that cannot hold them: it gets every event as a POST, and answers through a small API on a
// listener of its own. The protocol is that of the gateway of Olares TAPR; docs/gateway.md has every request and answer.
// `sigil new NAME --gateway` makes a copy with its configuration and a backend to try it with.

import { AppBase, Get, OnStart, OnStop, Post, Scheduled, Shared, SharedMap, Websocket, type HttpReq, type WsConn } from "sigil";
import { Backend } from "./backend";
import { closing, failed, select, sending, success } from "./control";
import { Expiry } from "./expiry";
import { readBinary, readText } from "./frames";
import { Handover, type Left } from "./handover";
import { identify, identityOf } from "./identity";
import { listUsers } from "./list";
import { Outboxes } from "./outbox";
import { readSettings } from "./settings";

export default class Gateway extends AppBase {
  /** What was delivered, refused, tried again and given up; kept over reloads. */
  @Shared counts = new SharedMap<number>();
  /** What the code before a reload had not delivered yet, by connection. */
  @Shared left = new SharedMap<Left>();

  readonly settings = readSettings(this.config);
  readonly expiry = new Expiry(this.settings.expiry);
  private readonly backend = new Backend(this.settings, (what) => this.counts.add(what), this.log);
  private readonly outboxes = new Outboxes(this.backend);
  private handover!: Handover;

  @OnStart start() {
    this.handover = new Handover(this.left, this.outboxes);
    if (!this.settings.target) this.log.warn("app.gateway has no url or no port: nothing is told to a backend");
  }

  @OnStop async stop(reason: string) {
    if (reason === "reload") await this.handover.leave();
    else await this.outboxes.drained();
  }

  // --- clients ------------------------------------------------------------------------------------------------------------

  @Websocket({ path: "/ws", guard: identify })
  async connect(ws: WsConn) {
    const outbox = this.outboxes.of(identityOf(ws), () => ws.close(1013, "the backend does not answer"));
    ws.onMessage((text) => this.receive(ws, readText(text)));
    ws.onBinary((bytes) => this.receive(ws, readBinary(bytes)));
    ws.onClose(() => outbox.end());
    if (ws.reattached) await this.handover.take(outbox);
    if (ws.state.opened) return;
    this.expiry.renew(ws);
    ws.state.opened = true;
    outbox.push("open", {});
  }

  @Get("/ws") plain() {
    return new Response("this is a WebSocket", { status: 426, headers: { upgrade: "websocket", connection: "upgrade" } });
  }

  private receive(ws: WsConn, data: Record<string, unknown>) {
    if (data.event !== "ping") return this.outboxes.get(ws.id)?.push("message", data);
    this.expiry.renew(ws);
    ws.send('{"event":"pong"}');
  }

  @Scheduled({ every: "1s", desc: "closes what has not pinged, delivers what a reload left" })
  tidy() {
    this.handover.takeEnded((id) => this.connection(id) !== undefined);
    for (const ws of this.expiry.expired(this.connections)) ws.close(4001, `no ping for ${this.settings.expiry / 1000} s`);
  }

  // --- the backend's side, on a listener of its own -------------------------------------------------------------------------

  @Post({ path: "/tapr/ws/conn/send", listener: "control", summary: "Sends a payload to connections" })
  async send(req: HttpReq) {
    const order = await sending(req);
    if (typeof order === "string") return failed(order);
    for (const ws of select(this, order)) ws.send(order.payload);
    return success();
  }

  @Post({ path: "/tapr/ws/conn/close", listener: "control", summary: "Closes connections" })
  async close(req: HttpReq) {
    const order = await closing(req);
    if (typeof order === "string") return failed(order);
    for (const ws of select(this, order)) ws.close(order.code, order.reason);
    return success();
  }

  @Get({ path: "/tapr/ws/conn/list", listener: "control", summary: "Users and their connections" })
  list() {
    return success(listUsers(this.connections));
  }

  @Post({ path: "/tapr/ws/conn/debug", listener: "control", summary: "Does nothing, successfully" })
  debug() {
    return success();
  }

  @Get({ path: "/tapr/ws/stats", listener: "control", summary: "What was delivered to the backend, and what not" })
  stats() {
    return success({ generation: this.generation, connections: this.connections.size, waiting: this.outboxes.waiting(), ...this.counts.toJSON() });
  }
}
