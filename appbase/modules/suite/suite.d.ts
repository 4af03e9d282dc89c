/** What test files (`*.test.ts`, `*.test.js`) import. The names are also globals there. `sigil test` runs them. */
declare module "sigil:test" {
  // --- tests ---

  type Duration = number | string;
  type TestFn = () => unknown | Promise<unknown>;
  interface TestOptions { /** Real time it may take: "30s", or milliseconds; default 5 s, or --timeout. */ timeout?: Duration }

  interface Each<F> {
    /** A test for each row. Names take `%s %d %i %j %o %#` for the values of a row, and `$name` for those of an object. */
    <R extends any[] | [any]>(rows: readonly R[]): (name: string, fn: (...row: R) => unknown, options?: Duration | TestOptions) => void;
    <R>(rows: readonly R[]): (name: string, fn: (row: R) => unknown, options?: Duration | TestOptions) => void;
    (strings: TemplateStringsArray, ...values: unknown[]): (name: string, fn: (row: any) => unknown, options?: Duration | TestOptions) => void;
  }
  interface Call<F> {
    (name: string | Function, fn: F, options?: Duration | TestOptions): void;
    (name: string | Function, options: TestOptions, fn: F): void;
    each: Each<F>;
    for: Each<F>;
    skipIf(condition: unknown): Call<F>;
    runIf(condition: unknown): Call<F>;
  }
  interface It extends Call<TestFn> {
    /** Of the file, runs those marked so only. */
    only: Call<TestFn>;
    skip: Call<TestFn>;
    /** A test that is to come. */
    todo: { (name: string, fn?: TestFn): void };
    /** Passes when the test fails. */
    fails: Call<TestFn>;
  }
  interface Describe extends Call<() => void> {
    only: Call<() => void>;
    skip: Call<() => void>;
    todo: { (name: string, fn?: () => void): void };
  }
  /** One test. It passes unless it throws, rejects, takes too long, or a promise it left behind is rejected. */
  export const it: It;
  export const test: It;
  /** Names what belongs together; hooks inside are for the tests inside. */
  export const describe: Describe;
  export function beforeAll(fn: TestFn, timeout?: Duration): void;
  export function beforeEach(fn: TestFn, timeout?: Duration): void;
  export function afterEach(fn: TestFn, timeout?: Duration): void;
  export function afterAll(fn: TestFn, timeout?: Duration): void;

  // --- expect ---

  interface Matchers<R, T> {
    /** The other way round. */
    not: Matchers<R, T>;
    /** Object.is. */
    toBe(expected: unknown): R;
    /** Equal all the way down; properties that are undefined do not count. */
    toEqual(expected: unknown): R;
    /** toEqual that also tells classes, and properties that are undefined, apart. */
    toStrictEqual(expected: unknown): R;
    /** Has at least these properties, all the way down; lists are of one length. */
    toMatchObject(expected: object): R;
    /** A text with another in it, or a list (or Set) with this very item. */
    toContain(item: unknown): R;
    toContainEqual(item: unknown): R;
    toHaveLength(length: number): R;
    /** "a.b[0]" or ["a", "b", 0], with that value if one is given. */
    toHaveProperty(path: string | readonly (string | number)[], value?: unknown): R;
    toMatch(expected: string | RegExp): R;
    /** To so many digits behind the point; default 2. */
    toBeCloseTo(expected: number, digits?: number): R;
    toBeGreaterThan(expected: number | bigint | Date): R;
    toBeGreaterThanOrEqual(expected: number | bigint | Date): R;
    toBeLessThan(expected: number | bigint | Date): R;
    toBeLessThanOrEqual(expected: number | bigint | Date): R;
    toBeTruthy(): R;
    toBeFalsy(): R;
    toBeNull(): R;
    toBeUndefined(): R;
    toBeDefined(): R;
    toBeNaN(): R;
    toBeInstanceOf(type: Function): R;
    toBeTypeOf(type: string): R;
    toBeOneOf(list: readonly unknown[]): R;
    toSatisfy(test: (value: T) => unknown): R;
    /** Of a function: it throws; of `.rejects`: what with. A text is part of the message; a class, a RegExp, an object with message. */
    toThrow(expected?: unknown): R;
    toThrowError(expected?: unknown): R;
    toHaveBeenCalled(): R;
    toHaveBeenCalledTimes(times: number): R;
    toHaveBeenCalledWith(...args: unknown[]): R;
    toHaveBeenLastCalledWith(...args: unknown[]): R;
    toHaveBeenNthCalledWith(nth: number, ...args: unknown[]): R;
    toHaveReturnedWith(value: unknown): R;
  }
  interface Expectation<T> extends Matchers<void, T> {
    /** Waits for a promise, or what a function returns, and looks at its value. */
    resolves: Matchers<Promise<void>, any>;
    /** Waits for a promise, or what a function returns, to be rejected, and looks at the reason. */
    rejects: Matchers<Promise<void>, any>;
  }
  interface Asymmetric {
    objectContaining(part: object): any;
    arrayContaining(items: readonly unknown[]): any;
    stringContaining(text: string): any;
    stringMatching(pattern: string | RegExp): any;
    closeTo(n: number, digits?: number): any;
  }
  interface Expect extends Asymmetric {
    /** Says what a value must be. The note stands in front of what went wrong. */
    <T>(value: T, note?: string): Expectation<T>;
    not: Asymmetric;
    /** Stands for any value of a class: expect.any(Number). */
    any(type: Function): any;
    /** Stands for all but null and undefined. */
    anything(): any;
    /** The test must assert so many times. */
    assertions(times: number): void;
    hasAssertions(): void;
    unreachable(why?: string): never;
    extend(matchers: Record<string, (this: { equals(a: unknown, b: unknown): boolean }, value: any, ...args: any[]) => { pass: boolean; message?: () => string }>): void;
  }
  export const expect: Expect;

  /** A function that keeps its calls, in `mock`. */
  interface Mock<F extends (...args: any[]) => any = (...args: any[]) => any> {
    (...args: Parameters<F>): ReturnType<F>;
    mock: { calls: Parameters<F>[]; results: { type: "return" | "throw"; value: any }[]; contexts: unknown[]; lastCall: Parameters<F> | undefined };
    mockImplementation(f: F): this;
    mockImplementationOnce(f: F): this;
    mockReturnValue(v: ReturnType<F>): this;
    mockReturnValueOnce(v: ReturnType<F>): this;
    mockResolvedValue(v: Awaited<ReturnType<F>>): this;
    mockResolvedValueOnce(v: Awaited<ReturnType<F>>): this;
    mockRejectedValue(e: unknown): this;
    mockRejectedValueOnce(e: unknown): this;
    /** Forgets the calls. */
    mockClear(): this;
    /** Forgets the calls and what it was told to do. */
    mockReset(): this;
    getMockImplementation(): F | undefined;
  }
  export function fn<F extends (...args: any[]) => any>(implementation?: F): Mock<F>;
  /** Watches a method, which goes on; the end of the test, or mockRestore, puts it back. */
  export function spyOn<T extends object, K extends keyof T>(object: T, method: K): Mock<T[K] extends (...args: any[]) => any ? T[K] : never> & { mockRestore(): void };

  // --- the apps ---

  interface Visit {
    headers?: HeadersInit;
    cookies?: Record<string, string>;
    /** Added to the query of the path. */
    query?: Record<string, string | number | boolean | readonly (string | number | boolean)[]>;
    /** The client's address; default 127.0.0.1. */
    address?: string;
    /** A named listener, "app/name"; paths begin at its root. */
    listener?: string;
  }
  type ClientFrame = { type: "text"; data: string } | { type: "binary"; data: Uint8Array } | { type: "close"; code: number; reason: string };
  interface Wait { /** Real time to wait for; default 2 s. */ timeout?: Duration }

  /** A WebSocket to an app, without a port. It answers pings. */
  export interface Client extends AsyncIterable<string | Uint8Array> {
    readonly path: string;
    /** The subprotocol that was agreed on, or "". */
    readonly protocol: string;
    /** Of the handshake's answer. */
    readonly headers: Headers;
    /** Everything that has come, in order; a close frame is the last. */
    readonly frames: ClientFrame[];
    /** The data of the text and binary frames that have come. */
    readonly messages: (string | Uint8Array)[];
    /** The newest of them. */
    readonly last: string | Uint8Array | undefined;
    /** How many messages next() has not returned yet. */
    readonly unread: number;
    readonly readyState: 1 | 2 | 3;
    readonly isOpen: boolean;
    /** Resolves when the connection is over: 1005 when the close had no code, 1006 when it was lost. */
    readonly closed: Promise<{ code: number; reason: string }>;
    /** A text, bytes, or anything else as JSON. */
    send(data: unknown): this;
    /** The next message that was not returned yet. It is rejected when none comes in time, or the connection ends. */
    next(options?: Wait): Promise<any>;
    /** The next message, parsed. */
    nextJSON(options?: Wait): Promise<any>;
    /** Reads on until a message (parsed, if it is JSON) that the function accepts, or that has at least these properties. */
    until(wanted: object | string | ((message: any, data: string | Uint8Array) => unknown), options?: Wait): Promise<any>;
    /** Calls an @Rpc method, or a method of the realtime protocol: call("$/subscribe", { topic }). An error rejects, with its `code` and `data`. */
    call(method: string, ...params: unknown[]): Promise<any>;
    /** Forgets the messages that have come. */
    clear(): this;
    close(code?: number, reason?: string): Promise<{ code: number; reason: string }>;
    /** Loses the connection without a close frame, as a network does. */
    drop(): Promise<{ code: number; reason: string }>;
  }
  /** Opens a WebSocket: connect("/chat/room"). A handshake that is refused rejects, with `status` and `body`. */
  export function connect(path: string, options?: Visit & { protocols?: string | readonly string[] }): Promise<Client>;

  /** Asks an app: request("/notes/42"). Redirects are not followed. With a body and no method it is a POST. */
  export function request(path: string | URL | Request, init?: RequestInit & Visit & {
    /** A body sent as JSON. */ json?: unknown;
    /** A body sent as a form. */ form?: Record<string, string>;
  }): Promise<Response>;
  /** The server-sent events of an answer, as they come. */
  export function events(response: Response): AsyncGenerator<{ event: string; data: string; id?: string }>;

  /** The time of the apps. It stands still: timers and schedules go by what advance says. Date in test files shows it too. */
  export const clock: {
    /** In milliseconds, as Date.now. */
    now(): number;
    /** Lets time pass, "10m" or milliseconds, and runs what is due in it, in order; each time until the apps are at rest. */
    advance(duration: Duration): Promise<void>;
    /** Sets the time of day without any passing; cron schedules are planned anew. */
    set(time: Date | string | number): Promise<void>;
    /** Waits until the apps have nothing left to do but to wait for the clock or for a client. */
    settle(): Promise<void>;
  };

  /** What apps reach by fetch. Once anything is answered here, nothing else is reached. */
  export const outside: {
    /** All that apps have asked for and was answered here. */
    readonly requests: Request[];
    /** Answers requests for a URL (without its query, or beginning so: "https://api.example.com/*"). The latest that fits counts. */
    on(url: string | RegExp | ((url: string) => boolean), answer: unknown | ((request: Request) => unknown)): typeof outside;
    /** Forgets the answers and the requests. */
    reset(): typeof outside;
  };

  /** Loads an app now. Otherwise it is at its first request or connection; the app that a test file lies in, or is named after, before its first test. */
  export function start(app: string): Promise<void>;
  /** Gives an app the values that it sees as this.config, in place of the operator's. One that runs already is restarted. */
  export function configure(app: string, values: Record<string, unknown>): Promise<void>;
  /** Stops an app as a server that shuts down, and starts it again on what it has stored. */
  export function restart(app: string): Promise<void>;
  /** Loads the app's code again as a new generation, under its connections. */
  export function reload(app: string): Promise<void>;
  /** Stops all apps and forgets what they have stored: beforeEach(fresh) gives every test a world of its own. */
  export function fresh(): Promise<void>;
}
