// Bounds that the parts share.

export const OFFLINE = 1000; // what waits for a connection, at most
export const PATIENCE = 10_000; // how long a connection may take to open, or to show that it lives, in milliseconds
