import { decode, encode } from "./data.js";

/** Does for a WebSocket where those are blocked: an answer that does not end, and requests (docs/protocol.md). */
export class Stream {
  #url; #token; #queue = []; #sequence = 0; #sending; #gone = new AbortController();
  bufferedAmount = 0;

  constructor(url, protocols) {
    this.#url = url.replace(/^ws/, "http");
    this.#run([protocols].flat().join()).catch(() => {}).then((end = [1006, ""]) => {
      this.#gone.abort();
      this.onclose({ code: end[0], reason: end[1] });
    });
  }

  send(data) { this.#put(encode(data)); }

  close(code, reason) {
    if (code && this.#token) this.#put({ close: [code, reason] });
    else this.#gone.abort();
  }

  #fetch(socket, more, body) {
    const options = { headers: { "Sigil-Socket": socket, ...more }, cache: "no-store", credentials: "include", signal: this.#gone.signal };
    return fetch(this.#url, body ? { ...options, method: "POST", body } : options);
  }

  /** Reads the answer: a promise of how it ended. */
  async #run(protocols) {
    const { ok, status, body } = await this.#fetch("open", protocols && { "Sigil-Protocol": protocols });
    if (!ok) return [1006, `the server answered ${status}`];
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = [], read; !(read = await reader.read()).done; ) {
      const lines = read.value.split("\n");
      rest.push(lines[0]);
      if (lines.length < 2) continue;
      for (const line of [rest.join(""), ...lines.slice(1, -1)]) {
        const event = line && JSON.parse(line.slice(5));
        if (event.close) return event.close;
        this.#take(event);
      }
      rest = lines.slice(-1);
    }
  }

  #take(event) {
    if (event.token) {
      this.#token = event.token;
      this.onopen();
    } else if (event.ping !== undefined) this.#put({ pong: event.ping });
    else if (event) this.onmessage({ data: decode(event) });
  }

  #put(message) {
    const text = JSON.stringify(message);
    this.#queue.push(text);
    this.bufferedAmount += text.length;
    this.#sending ??= this.#send();
  }

  /** Sends what waits, one request at a time, each until it is answered: the server takes it once. */
  async #send() {
    while (this.#queue.length) {
      let body = "", size = 0;
      do {
        const text = this.#queue.shift();
        size += text.length;
        body += (body && ",") + text;
      } while (this.#queue.length && size < 1e5);
      this.#sequence++;
      while (!this.#gone.signal.aborted) {
        const { status = 500 } = await this.#fetch(this.#token, { "Sigil-Sequence": this.#sequence }, `[${body}]`).catch(() => ({}));
        if (status < 300) break;
        if (status < 500) return this.#gone.abort();
        await new Promise((next) => setTimeout(next, 500));
      }
      this.bufferedAmount -= size;
    }
    this.#sending = undefined;
  }
}
