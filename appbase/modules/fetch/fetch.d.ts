/**
 * Sends a request and gives its response when the header has come; the body is read, or streamed, afterwards. Hosts that the
 * operator has not allowed (by default: private, loopback and link-local addresses) and everything else that fails on the
 * way is a TypeError whose `cause` tells what it was. A signal ends the request or the reading of the body with its reason.
 */
declare function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
