// --- listeners: methods that consume something outside -------------------------------------------------------------------

/** Options of {@link Listener}. */
interface ListenerOptions {
  /** By which `this.listener(name)` finds it; default: the method's name. */
  name?: string;
  /** Whether it starts with the app; default true. What a script started or stopped stays so over reloads. */
  autostart?: boolean;
  /** When it is started again after it ended by itself: `"always"` (default), `"on-failure"` (when it threw) or `"never"`. */
  restart?: "always" | "on-failure" | "never";
  /** How long to wait before that: `first` (default "1s"), doubled each time in a row up to `most` (default "1m"), less a random half. */
  backoff?: number | string | { first?: number | string; most?: number | string };
  /** How often in a row it is started again until it has failed for good; default: without end. A run as long as `backoff.most` begins anew. */
  limit?: number;
  /** How long it may take to end when it is told to; default "5s", at most "10s". Then the generation it belongs to is closed. */
  stopWithin?: number | string;
  /** Is told of every error beside the log; `this` is the app. */
  onError?(error: any, report: ListenerErrorReport): unknown;
  /** For people. */
  desc?: string;
}

interface ListenerErrorReport {
  readonly name: string;
  /** `"run"`: the method threw; `"message"`: a handler of `each` did, and the run goes on; `"stop"`: the method threw while it ended. */
  readonly source: "run" | "message" | "stop";
  /** In how many milliseconds it is started again; null: it is not. */
  readonly restartIn: number | null;
  /** How often in a row it has been started again. */
  readonly attempt: number;
}

/** A `@Listener` method, seen from any worker of the app. Its values are those of this moment. */
interface ListenerHandle {
  readonly name: string;
  /** `"waiting"`: it will be started again; `"failed"`: it will not, unless it is told to. */
  readonly state: "stopped" | "running" | "paused" | "stopping" | "waiting" | "failed";
  /** How often it was started again since the code was loaded. */
  readonly restarts: number;
  /** Since when it is in this state, in milliseconds since 1970. */
  readonly since: number;
  readonly lastError: { readonly message: string; readonly at: number; readonly source: string } | null;
  /** Starts it, also at once instead of later. Resolves when it runs. */
  start(): Promise<void>;
  /** Aborts its signal. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Has it take no more messages until `resume`; its connections stay. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  toJSON(): unknown;
}

/** What a `@Listener` method gets as its second argument: this run of it. */
interface ListenerRun extends ListenerHandle {
  /** Aborted when it is to end; the same as the first argument. */
  readonly signal: AbortSignal;
  readonly paused: boolean;
  /** Resolves once it is not paused; rejects with the signal's reason when it is to end. */
  resumed(): Promise<void>;
  /**
   * What a source brings, one after the other. Nothing is taken from it while the one before is worked on, nor during a pause. It ends with the
   * source, and when the listener is to end; then a WebSocket or EventSource is closed. A connection that is lost is an error.
   */
  messages(source: WebSocket | EventSource, options?: { types?: readonly string[] }): AsyncIterableIterator<MessageEvent>;
  messages<T>(source: AsyncIterable<T> | Iterable<T>): AsyncIterableIterator<T>;
  /** Calls the handler for each message, one at a time. What it throws is reported, and the next message comes. */
  each(source: WebSocket | EventSource, handler: (event: MessageEvent) => unknown, options?: { types?: readonly string[] }): Promise<void>;
  each<T>(source: AsyncIterable<T> | Iterable<T>, handler: (item: T) => unknown): Promise<void>;
}

type ListenerMethod = (this: any, signal: AbortSignal, listener: ListenerRun) => unknown;

/**
 * Marks a method that runs for as long as the app does and consumes something outside: a WebSocket, a stream of events, a queue.
 * One run of it over all workers. A reload aborts the signal of the old one, waits for its end, and starts the new one.
 */
declare function Listener<This, Method extends ListenerMethod>(method: Method, context: MethodContext<This, Method>): void;
declare function Listener(name: string): MethodAnnotation<ListenerMethod>;
declare function Listener(options?: ListenerOptions): MethodAnnotation<ListenerMethod>;

interface AppBase {
  /** The `@Listener` of that name. @throws TypeError if there is none */
  listener(name: string): ListenerHandle;
}
