// A chat room. Open http://127.0.0.1:8081/chatapp/ in two tabs, or connect with
//
//   npx wscat -c ws://127.0.0.1:8081/chatapp/room
//
// and send "name:ann" first. Change a text below and save while people talk: nobody is disconnected.

export default class ChatApp extends AppBase {
  /** Everyone in the room: connection -> name. Callbacks never run in parallel, so a plain Map needs no lock. */
  peers = new Map();

  @Websocket room(ws) {
    // New code takes over open connections (ws.reattached): those people are here already, so nobody is told they came.
    // Their names stand in ws.state, which survives the reload that this.peers does not.
    this.peers.set(ws, ws.state.name ?? "anon");
    if (!ws.reattached) this.tell("[*] someone joined");

    ws.onMessage((text) => this.say(ws, text));

    ws.onClose(() => {
      const name = this.peers.get(ws);
      this.peers.delete(ws);
      this.tell(`[*] ${name} left`);
    });
  }

  /** http://127.0.0.1:8081/chatapp/people */
  @Get people() {
    return [...this.peers.values()];
  }

  // Methods without an annotation are out of reach for everyone but this class.

  say(ws, text) {
    if (text.startsWith("name:") && ws.state.name === undefined && !ws.state.spoke) return this.rename(ws, text.slice(5));
    ws.state.spoke = true;
    this.tell(`${this.peers.get(ws)}: ${text}`);
  }

  rename(ws, name) {
    ws.state.name = name.trim().slice(0, 40) || "anon";
    this.peers.set(ws, ws.state.name);
    this.tell(`[*] ${ws.state.name} joined`);
  }

  tell(text) {
    for (const ws of this.peers.keys()) ws.send(text); // returns at once, also when a reader is slow
  }
}
