// What the operator says below app.gateway in sigil.yaml, checked once.

export interface Settings {
  /** Where events are posted to; undefined: nowhere. */
  readonly target: string | undefined;
  /** The trusted header that names the user, in lower case. */
  readonly userHeader: string;
  /** Milliseconds without a ping after which a connection is closed. */
  readonly expiry: number;
  /** Milliseconds that one try may take. */
  readonly timeout: number;
  /** How often an event is tried again. */
  readonly retries: number;
  /** Milliseconds before the first retry; twice as long before each one more, up to backoffMax. */
  readonly backoff: number;
  readonly backoffMax: number;
  /** How many requests the backend gets at once. */
  readonly parallel: number;
  /** What becomes of a connection whose event could not be delivered: it is closed with 1013, or the event dropped. */
  readonly onFailure: "close" | "drop";
}

/** Reads the configuration. @throws for a value that cannot be meant, with its key */
export function readSettings(config: Record<string, any>): Settings {
  const { url, port, host = "127.0.0.1", user_header: userHeader = "X-Bfl-User", on_failure: onFailure = "close" } = config;
  const number = (key: string, usual: number, least: number) => {
    const value = config[key] ?? usual;
    if (!Number.isFinite(value) || value < least) throw new RangeError(`app.gateway.${key}: ${value} is no number of at least ${least}`);
    return value as number;
  };
  if (url !== undefined && !String(url).startsWith("/")) throw new RangeError(`app.gateway.url: ${url} does not begin with /`);
  if (onFailure !== "close" && onFailure !== "drop") throw new RangeError(`app.gateway.on_failure: ${onFailure} is neither close nor drop`);
  return {
    target: url && port ? new URL(url, `http://${host}:${port}`).href : undefined,
    userHeader: String(userHeader).toLowerCase(),
    expiry: number("expiry_seconds", 45, 1) * 1000,
    timeout: number("timeout_seconds", 2, 0.01) * 1000,
    retries: number("retries", 8, 0),
    backoff: number("backoff_ms", 100, 1),
    backoffMax: number("backoff_max_ms", 2000, 1),
    parallel: number("parallel", 64, 1),
    onFailure,
  };
}
