/**
 * A connection to another server. It may go where `fetch` may, and ends when the code that made it is replaced: make it in
 * `@OnStart`. Reading stops while handlers are behind.
 */
interface WebSocket extends EventTarget {
  readonly url: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes given to `send` that are not sent yet. More than 16 MiB of them make the connection fail. */
  readonly bufferedAmount: number;
  /** What the server chose of the protocols; "" is none. */
  readonly protocol: string;
  readonly extensions: string;
  /** What binary messages arrive as: "blob", unless set to "arraybuffer". */
  binaryType: "blob" | "arraybuffer";
  onopen: ((event: Event) => any) | null;
  onmessage: ((event: MessageEvent) => any) | null;
  /** Its `message` tells why the connection failed. */
  onerror: ((event: ErrorEvent) => any) | null;
  onclose: ((event: CloseEvent) => any) | null;
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void;
  /** code is 1000 or 3000 to 4999; reason at most 123 bytes. */
  close(code?: number, reason?: string): void;
}

declare var WebSocket: {
  prototype: WebSocket;
  /** Beside protocols, as on other servers, headers of the handshake can be given. */
  new (url: string | URL, protocols?: string | string[] | { protocols?: string | string[]; headers?: HeadersInit }): WebSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
};
