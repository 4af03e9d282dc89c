// Who may come in? A key in the header `x-api-key`, or, because browsers cannot set headers, in the query as `token`.
//
//   npx wscat -c ws://127.0.0.1:8081/secure/secure -H "x-api-key: let-me-in"
//   npx wscat -c "ws://127.0.0.1:8081/secure/secure?token=let-me-in"
//
// The operator sets the key (sigil.yaml):   app: { secure: { key: "..." } }

export default class Secure extends AppBase {
  key = this.config.key ?? "let-me-in";

  /** Accepts first and then closes with 1008, so that a browser's client can read why. */
  @Websocket secure(ws) {
    const key = ws.headers["x-api-key"] ?? ws.query.token;
    if (!key) return ws.close(1008, "missing x-api-key");
    if (key !== this.key) return ws.close(1008, "bad x-api-key");

    ws.send("welcome");
    ws.onMessage((text) => ws.send("secret echo: " + text));
  }

  /** curl -H "x-api-key: let-me-in" 127.0.0.1:8081/secure/whoami */
  @Get({ guard: hasKey }) whoami(req) {
    return req.user;
  }

  /** The other way: a guard decides before the upgrade, and a stranger gets a plain 401. */
  @Websocket({ guard: hasKey }) guarded(ws) {
    ws.send(`welcome, ${ws.user.name}`);
  }
}

/**
 * Runs before the route, with the app as `this`. What it leaves in req.user is there as ws.user.
 * @this {Secure}
 */
function hasKey(req) {
  const key = req.headers.get("x-api-key") ?? req.query.token;
  if (key !== this.key) return unauthorized("a key, please");
  req.user = { name: req.query.name ?? "friend" };
}

// What it wants, for /secure/api and /secure/doc: one of the two.
hasKey.security = {
  key: { type: "apiKey", in: "header", name: "x-api-key" },
  token: { type: "apiKey", in: "query", name: "token" },
};
