// Connections live as long as they ping. Only the ping message renews.

import type { WsConn } from "sigil";

export class Expiry {
  /** @param after milliseconds since the last ping */
  constructor(private readonly after: number) {}

  renew(ws: WsConn) {
    ws.state.pinged = Date.now();
  }

  /** Those whose time is over. */
  *expired(connections: Iterable<WsConn>) {
    const oldest = Date.now() - this.after;
    for (const ws of connections) if (ws.state.pinged < oldest) yield ws;
  }
}
