// Who a client is: the handshake's trusted header, and its cookies.

import type { HttpReq, WsConn } from "sigil";
import type { Settings } from "./settings";

/** What every event of one connection says of it. */
export interface Identity {
  readonly id: string;
  readonly user: string;
  readonly token: string;
  readonly isPublic: boolean;
  /** The handshake's Cookie header, as it came; "" if none. */
  readonly cookie: string;
}

/** The guard of /ws. The header is believed: whoever stands in front must strip it from what comes from outside. */
export function identify(this: { settings: Settings }, req: HttpReq) {
  const token = req.cookies.auth_token;
  req.user = {
    id: req.headers.get(this.settings.userHeader) ?? "",
    token: token || crypto.randomUUID(),
    access: token ? "private" : "public",
  };
}

export function identityOf(ws: WsConn): Identity {
  const { id: user, token, access } = ws.user;
  return { id: ws.id, user, token, isPublic: access === "public", cookie: ws.headers.cookie ?? "" };
}
