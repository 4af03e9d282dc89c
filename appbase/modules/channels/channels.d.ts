/**
 * One end of a {@link MessageChannel}. Messages are copied as `structuredClone` does when they are posted, and arrive one a turn,
 * in order, once the end has an `onmessage` or was started; at most 1,024 wait. A port itself cannot be sent.
 */
interface MessagePort extends EventTarget {
  /**
   * @throws DOMException "DataCloneError" for what has no copy, "QuotaExceededError" when too many messages wait
   */
  postMessage(message: any, transfer: Iterable<ArrayBuffer>): void;
  postMessage(message: any, options?: { transfer?: Iterable<ArrayBuffer> }): void;
  /** Lets messages arrive; needed with `addEventListener` only. */
  start(): void;
  /** Ends the channel; the other end gets an event `close`. */
  close(): void;
  onmessage: ((event: MessageEvent) => any) | null;
  onmessageerror: ((event: MessageEvent) => any) | null;
  onclose: ((event: Event) => any) | null;
}

declare var MessagePort: {
  prototype: MessagePort;
};

/** Two ends, of which each gets what is posted at the other. Both stay in the app: what crosses its workers are topics. */
interface MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}

declare var MessageChannel: {
  prototype: MessageChannel;
  new (): MessageChannel;
};
