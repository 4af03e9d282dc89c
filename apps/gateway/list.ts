// The list of users and their connections.

import type { WsConn } from "sigil";
import { md5 } from "./md5";

interface ListedConnection { id: string; token: string; userAgent: string; userAgentTag: string }

interface ListedUser {
  name: string;
  conns: ListedConnection[];
  conns_number: number;
  public_conns: ListedConnection[];
  public_conns_number: number;
}

/** One entry a user; those of private connections and those of public ones apart. */
export function listUsers(connections: Iterable<WsConn>): ListedUser[] {
  const users = new Map<string, ListedUser>();
  for (const ws of connections) {
    const name: string = ws.user.id;
    let user = users.get(name);
    if (!user) users.set(name, user = { name, conns: [], conns_number: 0, public_conns: [], public_conns_number: 0 });
    const userAgent = ws.headers["user-agent"] ?? "";
    const entry = { id: ws.id, token: ws.user.token, userAgent, userAgentTag: md5(userAgent) };
    if (ws.user.access === "public") user.public_conns_number = user.public_conns.push(entry);
    else user.conns_number = user.conns.push(entry);
  }
  return [...users.values()];
}
