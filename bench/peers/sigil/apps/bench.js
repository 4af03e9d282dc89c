// The programs of the benchmark: echo, and a room with one who publishes.
@Api({ workers: 1 }) // every peer runs on one thread
export default class Bench extends AppBase {
  @Websocket echo(ws) {
    ws.onMessage((text) => ws.send(text));
  }

  @Websocket room(ws) {
    ws.subscribe("room");
  }

  @Websocket("/publish") speak(ws) {
    ws.onMessage((text) => this.publish("room", text));
  }
}
