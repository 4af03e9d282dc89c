// A chat room. Open http://127.0.0.1:8081/APPNAME/ in two tabs, then change a text below and save: the tabs stay connected.

@Api({ title: "APPNAME", version: "0.1.0" })
export default class ClassName extends AppBase {
  /**
   * ws://127.0.0.1:8081/APPNAME/room: called once per connection, and again (with ws.reattached) after a reload.
   * @param {WsConn} ws
   */
  @Websocket room(ws) {
    if (!ws.reattached) this.broadcast("someone joined", { except: ws });

    ws.onMessage((text) => this.broadcast(text));
    ws.onClose(() => this.broadcast("someone left"));
  }

  /** http://127.0.0.1:8081/APPNAME/people */
  @Get people() {
    return { online: this.connections.size };
  }
}
