// How messages come in and go out: what the server, and a client such as fetch, build on.

/** Pulls what an iterator gives as texts and ArrayBuffers: { pull(), cancel(reason) }, as the host reads a stream. */
function puller(iterator) {
  return {
    async pull() {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      if (typeof value === "string" || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value;
      return fail(`a stream of an answer gives texts and bytes, not ${describe(value)}: yield JSON.stringify(value) for others`);
    },
    async cancel(reason) { await iterator.return?.(reason); },
  };
}

function streamPuller(stream) {
  const reader = streams().readerOf(stream);
  return {
    async pull() {
      const { done, value } = await reader.read();
      if (done) return undefined;
      if (value instanceof Uint8Array) return value;
      return fail(`the stream of a Response gave ${describe(value)}, and not a Uint8Array: pipe it through a TextEncoderStream`);
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/**
 * A response as it goes out: [status, fields, body, puller], of the last two at most one, body a text or an ArrayBuffer. Its
 * stream counts as read; a body that is none may be sent again.
 */
function outgoing(response) {
  const state = responseState(response), { status, body } = state;
  if (state.type === "error") fail("Response.error() cannot be sent");
  const fields = fieldsOf(headersIn(state));
  if (body === null) return [status, fields];
  if (unusable(body)) fail("the body of the Response was read already, or is being read: return a clone(), or a new Response");
  if (body.stream === null && (body.kind === TEXT || body.kind === BYTES)) return [status, fields, body.value];
  if (body.stream === null && body.kind === BLOB && blobs.inMemory(body.value)) return [status, fields, blobs.read(body.value)];
  const stream = streamOf(body), value = shown.get(stream); // new Response(response.body, response) is what middleware makes of a text
  return value === undefined ? [status, fields, undefined, streamPuller(stream)] : [status, fields, value];
}

/** A response with another status and more headers; the body moves. */
function changed(response, status, headers) {
  const state = responseState(response);
  const merged = new Headers(headersIn(state));
  host.merge(fieldsOf(merged), fieldsOf(new Headers(headers)));
  return new Response(INTERNAL, { __proto__: standardResponse, status, headers: merged, body: state.body });
}

const internals = {
  Headers, Request, Response, isRequest, isResponse, isHeaders, fieldsOf, headersOf, clientError, clientErrors,
  outgoing, changed, puller, latest,
  /** adopt(fn) has requests of the host's own be Requests: fn gives their state, which has what standardState has. */
  adopt: (stateOf) => { adopted = stateOf; },
  standardState, requestState, responseState, stateGetters,
  /** The body of a source of the host's: { all(), read(), cancel(reason) }; all and read may give promises. */
  sourceBody: (source, client) => ({ ...newBody(SOURCE, source), client }),
  /** take(body) marks a body as read and gives a text, an ArrayBuffer or a promise of either; it throws for one that is unusable. */
  take, unusable,
  /** A response that came from elsewhere: { status, statusText, headers, url, redirected, type, body }, body a source or null. */
  responseFrom: ({ body = null, ...rest }) =>
    new Response(INTERNAL, { __proto__: standardResponse, ...rest, body: body === null ? null : newBody(SOURCE, body) }),
};
