// Server-sent events: the stream that a method writes to, or that the events of its generator go to. `open` and `end` are
// the only doors for the server.
(function (host) {
  "use strict";

  const ROOM = 16384; // bytes that may wait while the next event of a generator is asked for
  const TURN = 32; // events of a generator that waits for nothing, before others have their turn

  let left; // tells a stream that it has ended
  let follow; // has a stream carry the events of an iterator

  class EventStream {
    #raw; #closed; #iterator;
    constructor(raw) {
      if (!host.isStream(raw)) throw new TypeError("event streams are made by the server");
      this.#raw = raw;
      this.#closed = Promise.withResolvers();
      host.bind(raw, this);
    }
    get lastEventId() { return host.lastID(this.#raw); }
    get closed() { return this.#closed.promise; }
    get ended() { return host.ended(this.#raw); }
    get bufferedAmount() { return host.buffered(this.#raw); }
    send(data, options) { return host.send(this.#raw, data, options); }
    comment(text = "") { return host.comment(this.#raw, String(text)); }
    async drained() { await host.drained(this.#raw, 0); }
    close() { host.close(this.#raw); }
    get [Symbol.toStringTag]() { return "EventStream"; }

    /** Sends what an iterator yields, as fast as the client reads; step is the promise of its first. */
    async #follow(iterator, step) {
      this.#iterator = iterator;
      try {
        for (let n = 1; ; n++) {
          const { value, done } = await step;
          if (done || this.ended) break;
          if (value !== undefined) host.send(this.#raw, value, undefined);
          if (n % TURN === 0) await host.soon();
          await host.drained(this.#raw, ROOM);
          if (this.ended) break;
          step = iterator.next();
        }
      } catch (error) {
        host.report(error);
      }
      host.close(this.#raw);
    }

    static {
      follow = (stream, iterator, step) => stream.#follow(iterator, step);
      left = (stream) => {
        stream.#closed.resolve();
        Promise.resolve(stream.#iterator?.return?.()).catch(host.report);
      };
    }
  }

  const iteratorOf = (value) => value?.[Symbol.asyncIterator]?.() ?? (typeof value?.next === "function" ? value[Symbol.iterator]?.() : undefined);

  /**
   * Takes what a method returned as the beginning of a stream, or as its refusal: a Response, or an exception, that comes
   * before anything had to be waited for. Returns the refusal.
   */
  async function begin(stream, result) {
    if (host.isResponse(result)) return result;
    const iterator = iteratorOf(result);
    const first = Promise.resolve(iterator ? iterator.next() : result);
    let early;
    const outcome = first.then((value) => { early = { value }; }, (error) => { early = { error }; });
    await host.soon();
    if (early && "error" in early) throw early.error;
    if (early && !iterator && host.isResponse(early.value)) return early.value;
    if (iterator) follow(stream, iterator, first);
    else outcome.then(() => goOn(stream, early)).catch(host.report);
    return undefined;
  }

  /** Takes what the promise of a method came to once the stream is open. */
  function goOn(stream, { value, error }) {
    if (error !== undefined) {
      host.report(error);
      stream.close();
      return;
    }
    const iterator = iteratorOf(value);
    if (iterator) follow(stream, iterator, iterator.next());
    if (host.isResponse(value)) throw new TypeError("the stream was open already when the method returned a Response");
  }

  async function open(app, guards, method, req, rawStream) {
    try {
      const refused = await host.refusal(app, guards, req);
      if (refused !== undefined) return host.encode(refused);
      const stream = new EventStream(rawStream);
      const answer = await begin(stream, method.call(app, req, stream));
      return answer === undefined ? undefined : host.encode(answer);
    } catch (error) {
      return host.encodeThrown(error);
    }
  }

  return { globals: { EventStream }, open, end: (stream) => left(stream) };
})
