interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

/** Something that happened (DOM 2.2). */
interface Event {
  readonly type: string;
  readonly target: EventTarget | null;
  readonly srcElement: EventTarget | null;
  readonly currentTarget: EventTarget | null;
  readonly eventPhase: number;
  readonly bubbles: boolean;
  readonly cancelable: boolean;
  readonly composed: boolean;
  readonly defaultPrevented: boolean;
  /** True when the server fired it, false when a script did. */
  readonly isTrusted: boolean;
  /** Milliseconds since 1970. */
  readonly timeStamp: number;
  cancelBubble: boolean;
  returnValue: boolean;
  composedPath(): EventTarget[];
  stopPropagation(): void;
  stopImmediatePropagation(): void;
  /** Does nothing unless the event is cancelable. */
  preventDefault(): void;
  initEvent(type: string, bubbles?: boolean, cancelable?: boolean): void;
}

declare var Event: {
  prototype: Event;
  new (type: string, init?: EventInit): Event;
  readonly NONE: 0;
  readonly CAPTURING_PHASE: 1;
  readonly AT_TARGET: 2;
  readonly BUBBLING_PHASE: 3;
};

/** An event with data of your own. */
interface CustomEvent<T = any> extends Event {
  readonly detail: T;
  initCustomEvent(type: string, bubbles?: boolean, cancelable?: boolean, detail?: T): void;
}

declare var CustomEvent: {
  prototype: CustomEvent;
  new <T>(type: string, init?: EventInit & { detail?: T }): CustomEvent<T>;
};

interface MessageEvent<T = any> extends Event {
  readonly data: T;
  readonly origin: string;
  readonly lastEventId: string;
  readonly source: EventTarget | null;
  readonly ports: readonly unknown[];
}

declare var MessageEvent: {
  prototype: MessageEvent;
  new <T>(type: string, init?: EventInit & { data?: T; origin?: string; lastEventId?: string; source?: EventTarget | null; ports?: unknown[] }): MessageEvent<T>;
};

interface CloseEvent extends Event {
  readonly wasClean: boolean;
  readonly code: number;
  readonly reason: string;
}

declare var CloseEvent: {
  prototype: CloseEvent;
  new (type: string, init?: EventInit & { wasClean?: boolean; code?: number; reason?: string }): CloseEvent;
};

interface ErrorEvent extends Event {
  readonly message: string;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly error: any;
}

declare var ErrorEvent: {
  prototype: ErrorEvent;
  new (type: string, init?: EventInit & { message?: string; filename?: string; lineno?: number; colno?: number; error?: any }): ErrorEvent;
};

type EventListenerOrObject = ((event: any) => void) | { handleEvent(event: any): void };

/** Something that events are dispatched to. There is no tree: an event visits its target only. */
interface EventTarget {
  addEventListener(type: string, callback: EventListenerOrObject | null, options?: boolean | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal }): void;
  removeEventListener(type: string, callback: EventListenerOrObject | null, options?: boolean | { capture?: boolean }): void;
  /** Calls the listeners, in order; false when one of them called preventDefault. What they throw is logged. */
  dispatchEvent(event: Event): boolean;
}

declare var EventTarget: {
  prototype: EventTarget;
  new (): EventTarget;
};

/** Tells work under way that nobody waits for it any more. */
interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  /** What abort was given, else an AbortError (DOMException); undefined while not aborted. */
  readonly reason: any;
  onabort: ((this: AbortSignal, event: Event) => any) | null;
  throwIfAborted(): void;
}

declare var AbortSignal: {
  prototype: AbortSignal;
  /** A signal that is aborted already. */
  abort(reason?: any): AbortSignal;
  /** A signal that is aborted after that many milliseconds, with a TimeoutError (DOMException). */
  timeout(milliseconds: number): AbortSignal;
  /** A signal that is aborted with the first of these. */
  any(signals: Iterable<AbortSignal>): AbortSignal;
};

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: any): void;
}

declare var AbortController: {
  prototype: AbortController;
  new (): AbortController;
};

/** Logs an error as if nobody had caught it. */
declare function reportError(error: any): void;
