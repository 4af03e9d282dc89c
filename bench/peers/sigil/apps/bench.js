// The programs of the benchmark: echo, a room with one who publishes, and HTTP.
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

  @Get text() {
    return "Hello, world!";
  }

  @Get("/items/:id") item(req) {
    return { id: req.params.id, name: "item" };
  }
}
