/**
 * Server-sent events of another server. When the connection breaks off it is made again after 3 s, or what the server says in
 * `retry`, and longer each time that no answer comes. An answer that is no stream of events ends it. It ends, too, when the code that
 * made it is replaced: make it in `@OnStart`.
 */
interface EventSource extends EventTarget {
  readonly url: string;
  /** 0 connecting, 1 open, 2 closed. */
  readonly readyState: number;
  /** Always false: there is no cookie jar. */
  readonly withCredentials: boolean;
  onopen: ((event: Event) => any) | null;
  onmessage: ((event: MessageEvent) => any) | null;
  onerror: ((event: Event) => any) | null;
  close(): void;
}

declare var EventSource: {
  prototype: EventSource;
  new (url: string | URL, init?: { withCredentials?: boolean }): EventSource;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSED: 2;
};
