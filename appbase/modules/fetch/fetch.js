// fetch (Fetch standard 5.6). The host sends; here requests are taken apart, answers put together, and signals followed.
const { Request, requestState, headersOf, responseFrom, take, unusable } = need("messages");
const { addAlgorithm, removeAlgorithm } = need("events");
const { readerOf } = need("streams");
const SOURCE = 5; // the kind of a body that comes from the host: it is passed on as it arrives

/** What every failure on the way is for the script; the cause tells what it was. */
const failed = (url, cause) => new TypeError(`fetch of ${url} failed: ${cause?.message ?? cause}`, { cause });

/** Sends a stream chunk by chunk; whoever receives sets the pace. */
async function send(stream, exchange) {
  const reader = readerOf(stream);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return exchange.end(false);
      if (!(value instanceof Uint8Array)) throw new TypeError("the stream of a body must give Uint8Arrays");
      const { buffer, byteOffset, byteLength } = value;
      if (byteLength > 0 && !(await exchange.write(buffer.slice(byteOffset, byteOffset + byteLength)))) {
        await reader.cancel(new TypeError("no more of the body is wanted"));
        return;
      }
    }
  } catch (error) {
    exchange.end(true);
    await reader.cancel(error).catch(() => {});
  }
}

/** A body of the host's whose reading ends with the signal's reason when that is aborted. */
function guarded(answer, signal, exchange, url) {
  let stopped = false; // whatever has arrived by then is not given out any more
  const stop = () => {
    stopped = true;
    exchange.abort();
  };
  addAlgorithm(signal, stop);
  const over = () => removeAlgorithm(signal, stop);
  const watch = async (read) => {
    try {
      if (stopped) throw signal.reason;
      const value = await read();
      if (stopped) throw signal.reason;
      if (value === undefined || value instanceof ArrayBuffer) over();
      return value;
    } catch (error) {
      over();
      throw signal.aborted ? signal.reason : failed(url, error);
    }
  };
  return {
    read: () => watch(() => answer.read()),
    all: () => watch(() => answer.all()),
    cancel: async () => { over(); answer.cancel(); },
  };
}

function dataURL(url, method) {
  const found = host.data(url);
  if (found === null) throw failed("a data: URL", new TypeError("it is not valid"));
  const [type, bytes] = found;
  let rest = bytes;
  const once = async () => { const now = rest; rest = undefined; return now && new Uint8Array(now); };
  return responseFrom({
    status: 200, statusText: "OK", headers: headersOf(["content-type", type]), url, type: "basic",
    body: method === "HEAD" ? null : { all: async () => bytes, read: once, cancel: async () => {} },
  });
}

async function fetch(input, init = undefined) {
  if (arguments.length === 0) throw new TypeError("fetch needs 1 argument, but got 0");
  const request = new Request(input, init), state = requestState(request), { signal, url } = request;
  if (signal.aborted) throw signal.reason;
  if (url.startsWith("data:")) return dataURL(url, state.method);
  const { body } = state, flat = [];
  for (const [name, value] of state.headers) flat.push(name, value);
  let sent;
  const streaming = body !== null && (body.stream !== null || body.kind === SOURCE);
  if (body !== null && unusable(body)) throw new TypeError("the body of the request was read already, or is being read");
  if (body !== null) sent = streaming ? true : await take(body);
  if (signal.aborted) throw signal.reason;
  const exchange = host.start(state.method, url, flat, sent, state.redirect);
  const abort = () => exchange.abort();
  addAlgorithm(signal, abort);
  if (streaming) send(request.body, exchange);
  let answer;
  try {
    answer = await exchange.promise;
  } catch (error) {
    throw signal.aborted ? signal.reason : failed(url, error);
  } finally {
    removeAlgorithm(signal, abort);
  }
  return responseFrom({
    status: answer.status, statusText: answer.statusText, headers: headersOf(answer.headers), url: answer.url,
    redirected: answer.redirected, type: "basic", body: answer.empty ? null : guarded(answer, signal, exchange, url),
  });
}

const internals = { fetch };
