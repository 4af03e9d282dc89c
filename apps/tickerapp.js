// A counter that ticks on its own, and tells its last number when you ask it to stop.
//
//   npx wscat -c ws://127.0.0.1:8081/tickerapp/ticker
//
// "ready" comes first, then "count:1", "count:2" ... once a second. Send "stop" and "final:N" is the last word.

export default class TickerApp extends AppBase {
  @Websocket ticker(ws) {
    // What is to survive a reload stands in ws.state: save this file while a client is counting, and it counts on.
    ws.state.count ??= 0;
    if (!ws.reattached) ws.send("ready");

    // A reload stops the intervals of the old code, so the new code simply starts its own.
    const timer = setInterval(() => {
      ws.state.count++;
      ws.send("count:" + ws.state.count);
    }, this.config.every ?? 1000);

    ws.onMessage((text) => {
      if (text !== "stop") return;
      ws.send("final:" + ws.state.count);
      ws.close(1000, "stopped"); // goes out after what was sent before
    });

    ws.onClose(() => clearInterval(timer)); // exactly once, whoever ended it
  }
}
