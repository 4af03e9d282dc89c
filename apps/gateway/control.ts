// What the backend asks for: who is meant, and the shape of answers. Every answer has status 200; its code tells.

import type { AppBase, HttpReq, WsConn } from "sigil";

/** Who is meant. All that is given must hold; an empty list counts as not given. */
interface Target {
  ids?: string[];
  users?: string[];
  tokens?: string[];
  access?: "private" | "public";
}

interface Sending extends Target { payload: string }
interface Closing extends Target { code: number; reason: string }

export const success = (data?: unknown) => ({ code: 0, message: "success", ...(data === undefined ? {} : { data }) });
export const failed = (message: string) => ({ code: 400, message });

/** Reads the body of a send; a text is what is wrong with it. */
export async function sending(req: HttpReq): Promise<Sending | string> {
  try {
    const body = await object(req);
    const { conn_id: id = "", payload = null } = body;
    if (typeof id !== "string") throw new TypeError("conn_id is not a text");
    const target = { ...targetOf(body), ...(id ? { ids: [id] } : {}) };
    if (isNobody(target)) return "send message target is nil";
    return { ...target, payload: JSON.stringify(payload) };
  } catch (error: any) {
    return `send data invalid, ${error.message}`;
  }
}

/** Reads the body of a close; a text is what is wrong with it. */
export async function closing(req: HttpReq): Promise<Closing | string> {
  try {
    const body = await object(req);
    const ids = texts(body, "conns");
    const { code = 1000, reason = "" } = body;
    if (code !== 1000 && !(Number.isInteger(code) && code >= 3000 && code <= 4999)) throw new RangeError("code is 1000 or 3000 to 4999");
    if (typeof reason !== "string" || new TextEncoder().encode(reason).length > 123) throw new RangeError("reason is a text of at most 123 bytes");
    const target = { ...targetOf(body), ...(ids ? { ids } : {}) };
    if (isNobody(target)) return "close connection target is nil";
    return { ...target, code, reason };
  } catch (error: any) {
    return `receive data invalid, ${error.message}`;
  }
}

/** The open connections that are meant. */
export function select(app: AppBase, { ids, users, tokens, access }: Target): WsConn[] {
  if (!ids) return app.connections.filter({ ...(users && { users }), ...(tokens && { tokens }), ...(access && { access }) });
  const found = [...new Set(ids)].map((id) => app.connection(id)).filter((ws) => ws !== undefined);
  return found.filter((ws) => (!users || users.includes(ws.user.id)) && (!tokens || tokens.includes(ws.user.token)) && (!access || ws.user.access === access));
}

async function object(req: HttpReq): Promise<Record<string, any>> {
  const body = await req.json();
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new TypeError("the body is not a JSON object");
  return body;
}

function targetOf(body: Record<string, any>): Target {
  const users = texts(body, "users");
  const tokens = texts(body, "tokens")?.filter(Boolean);
  const { users_access_type: type = 0 } = body;
  if (![0, 1, 2].includes(type)) throw new RangeError("users_access_type is 0, 1 or 2");
  const access = users && type ? (type === 1 ? "private" : "public") : undefined; // it narrows users only
  return { ...(users && { users }), ...(tokens?.length && { tokens }), ...(access && { access }) };
}

/** A list of texts; undefined when it is missing, null or empty. */
function texts(body: Record<string, any>, key: string): string[] | undefined {
  const list = body[key] ?? [];
  if (!Array.isArray(list) || list.some((text) => typeof text !== "string")) throw new TypeError(`${key} is not a list of texts`);
  return list.length > 0 ? list : undefined;
}

const isNobody = (target: Target) => !target.ids && !target.users && !target.tokens;
