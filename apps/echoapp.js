// The smallest app: what comes in goes out again.
//
//   npx wscat -c ws://127.0.0.1:8081/echoapp/echo

export default class EchoApp extends AppBase {
  /** Called once for every connection. It may return at once: the connection lives on through its callbacks. */
  @Websocket echo(ws) {
    ws.onMessage((text) => ws.send("echo: " + text));
  }
}
