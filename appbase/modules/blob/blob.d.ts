type BlobPart = string | ArrayBuffer | ArrayBufferView | Blob;

interface BlobOptions {
  /** A media type, "text/plain" say. */
  type?: string;
  /** "native" turns line ends of texts into "\n". */
  endings?: "transparent" | "native";
}

/** Bytes that never change. They may be on disk: then reading them takes a moment. At most 256 MiB in memory. */
interface Blob {
  readonly size: number;
  readonly type: string;
  /** Some of it, without copying; negative positions count from the end. */
  slice(start?: number, end?: number, type?: string): Blob;
  stream(): ReadableStream<Uint8Array>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

declare var Blob: {
  prototype: Blob;
  new (parts?: Iterable<BlobPart>, options?: BlobOptions): Blob;
};

interface File extends Blob {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  /** Always "". */
  readonly webkitRelativePath: string;
}

declare var File: {
  prototype: File;
  new (parts: Iterable<BlobPart>, name: string, options?: BlobOptions & { lastModified?: number }): File;
};
