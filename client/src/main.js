// The client of Sigil's realtime protocol (docs/protocol.md), for browsers and Node. What members promise is in sigil.d.ts.
// This folder is the source; `go generate ./client` makes sigil.js of it.

import { Client } from "./client.js";

export { RpcError, ConnectionLost } from "./errors.js";
export { Socket } from "./socket.js";
export { Subscription } from "./subscription.js";
export { Client };

export const connect = (url, options) => new Client(url, options);
