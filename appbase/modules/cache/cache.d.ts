// --- this.cache -------------------------------------------------------------------------------------------------------

interface AppBase {
  /**
   * Values in memory that may go away: when their time is over, when room is needed (an app has 64 MiB, and what was used least
   * makes room), when the server stops. All workers of the app share it, and reloads leave it alone. Values are kept as JSON
   * or bytes, so what comes out is a copy.
   */
  readonly cache: Cache;
}

interface Cache {
  get<T = any>(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, value: KvValue, options?: { ttl?: number | string }): void;
  /** Whether there was something. */
  delete(key: string): boolean;
  clear(): void;
  /**
   * What stands under the key, or else what `compute` returns, which then is kept. However many ask at the same time, in however
   * many workers, `compute` runs once. What it throws all of them get, and it is not kept.
   */
  getOrCompute<T = any>(key: string, compute: () => Awaitable<T>, options?: { ttl?: number | string }): Promise<T>;
}
