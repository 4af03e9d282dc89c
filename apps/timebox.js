// A session with an end: after a minute the server says good-bye.
//
//   npx wscat -c ws://127.0.0.1:8081/timebox/timeboxed

const MINUTE = 60_000;

export default class Timebox extends AppBase {
  @Websocket timeboxed(ws) {
    // The moment of the end is kept in ws.state, so that a reload does not grant another minute.
    ws.state.endsAt ??= Date.now() + (this.config.session ?? MINUTE);

    const timer = setTimeout(() => ws.close(4001, "session timeout"), ws.state.endsAt - Date.now());
    ws.onClose(() => clearTimeout(timer));

    ws.onMessage(() => ws.send(`${Math.ceil((ws.state.endsAt - Date.now()) / 1000)} s left`));
  }
}
