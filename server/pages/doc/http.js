/** One HTTP operation: its description, its form, and what came back. */
class HttpOperation {
  #verb; #path; #operation; #page; #inputs; #body; #answer; #send; #stop; #following;
  constructor(page, path, verb, operation, shared = []) {
    this.#page = page;
    this.#path = path;
    this.#verb = verb;
    this.#operation = operation;
    const { schemas } = page, own = (operation.parameters ?? []).map((p) => schemas.resolve(p));
    const inherited = shared.map((p) => schemas.resolve(p)).filter((p) => !own.some((o) => o.name === p.name && o.in === p.in));
    this.#inputs = [...inherited, ...own].map((parameter) => new ParameterInput(parameter, schemas));
    const takesBody = operation.requestBody !== undefined || ["post", "put", "patch"].includes(verb);
    this.#body = takesBody ? new BodyInput(schemas.resolve(operation.requestBody), schemas) : undefined;
    this.#answer = el("section", { className: "answer", "aria-label": "answer" });
  }

  get isEvents() { return Object.values(this.#operation.responses ?? {}).some((r) => this.#page.schemas.resolve(r).content?.["text/event-stream"]); }
  get searched() { return [this.#verb, this.#path, this.#operation.summary, this.#operation.operationId, ...(this.#operation.tags ?? [])].join(" ").toLowerCase(); }

  element() {
    const { operationId, summary, description, deprecated, security } = this.#operation, label = this.isEvents ? "SSE" : this.#verb.toUpperCase();
    return el("details", { className: "operation", id: operationId, data: { verb: label } },
      el("summary", {}, el("span", { className: "verb" }, label), el("code", {}, this.#page.mount + this.#path), el("span", { className: "dim" }, summary ?? ""),
        deprecated && el("span", { className: "tag" }, "deprecated"), security?.length > 0 && el("span", { className: "tag" }, "secured")),
      paragraph(description), this.#form(), this.#answer, this.#answers());
  }

  #form() {
    const groups = [["path", "Path"], ["query", "Query"], ["header", "Headers"], ["cookie", "Cookies"]].map(([place, title]) => {
      const own = this.#inputs.filter((input) => input.place === place);
      return own.length > 0 && el("fieldset", {}, el("legend", {}, title), own.map((input) => input.element));
    });
    this.#send = el("button", { type: "submit", className: "main" }, this.isEvents ? "Listen" : "Send");
    this.#stop = el("button", { type: "button", hidden: true, onclick: () => this.#following?.abort() }, "Stop");
    return el("form", { onsubmit: (event) => { event.preventDefault(); this.#try(); } }, groups, this.#body?.element, el("p", { className: "buttons" }, this.#send, this.#stop));
  }

  /** What the document says of answers. */
  #answers() {
    const rows = Object.entries(this.#operation.responses ?? {}).map(([status, given]) => {
      const { description, content = {} } = this.#page.schemas.resolve(given), [type, media] = Object.entries(content)[0] ?? [];
      const schema = media?.["x-event-data"] ?? media?.schema;
      return el("tr", {}, el("th", { scope: "row" }, status), el("td", {}, description ?? "", type && el("span", { className: "dim" }, ` ${type}, ${this.#page.schemas.words(schema ?? {})}`), schema && this.#page.schemas.table(schema)));
    });
    return rows.length > 0 && folded("What it answers", el("table", {}, rows));
  }

  /** The request as fetch takes it. */
  #request() {
    const of = (place) => this.#inputs.filter((input) => input.place === place && !input.isEmpty);
    let path = this.#path;
    for (const input of this.#inputs.filter((input) => input.place === "path")) {
      path = path.replace(`{${input.name}}`, () => input.inPath());
    }
    const query = new URLSearchParams(of("query").flatMap((input) => input.inQuery()));
    const headers = new Headers(of("header").map((input) => [input.name, input.inText()]));
    for (const input of of("cookie")) document.cookie = `${input.name}=${input.inText()}; path=${this.#page.mount || "/"}; samesite=strict`;
    const [body, type] = this.#body?.value() ?? [];
    if (type && body !== undefined) headers.set("content-type", type);
    if (this.isEvents) headers.set("accept", "text/event-stream");
    this.#page.credentials.apply(headers, query);
    const url = location.origin + this.#page.mount + path + (query.size > 0 ? "?" + query : "");
    return { url, options: { method: this.#verb.toUpperCase(), headers, body } };
  }

  async #try() {
    this.#following?.abort();
    const following = this.#following = new AbortController();
    this.#answer.replaceChildren(el("p", { className: "dim" }, "waiting …"));
    this.#stop.hidden = false;
    try {
      const { url, options } = this.#request(), began = performance.now();
      const response = await fetch(url, { ...options, signal: following.signal });
      const answer = new AnswerView(response, performance.now() - began, HttpOperation.#curl(url, options));
      this.#answer.replaceChildren(...answer.elements);
      await answer.read();
    } catch (error) {
      if (following.signal.aborted) this.#answer.append(el("p", { className: "dim" }, "stopped"));
      else this.#answer.replaceChildren(el("p", { className: "bad", data: { failed: "" } }, "no answer: " + error.message));
    } finally {
      if (this.#following === following) this.#stop.hidden = true;
    }
  }

  static #curl(url, { method, headers, body }) {
    const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
    const parts = ["curl", method === "GET" ? "" : `-X ${method}`, quote(url), ...[...headers].map(([name, value]) => "-H " + quote(`${name}: ${value}`))];
    if (typeof body === "string") parts.push("-d " + quote(body));
    if (body instanceof URLSearchParams) parts.push(...[...body].map(([name, value]) => "--data-urlencode " + quote(`${name}=${value}`)));
    if (body instanceof FormData) parts.push(...[...body].map(([name, value]) => "-F " + quote(`${name}=${typeof value === "string" ? value : "@" + value.name}`)));
    return parts.filter(Boolean).join(" ");
  }
}

/** What came back: the status at once, the body as it comes. */
class AnswerView {
  static #mostShown = 256 * 1024;
  #response; #size = el("span"); #body = el("div");
  constructor(response, took, curl) {
    this.#response = response;
    const kind = response.ok ? "good" : "bad";
    this.elements = [
      el("p", { className: "status", role: "status" }, el("strong", { className: kind, data: { status: String(response.status) } }, `${response.status} ${response.statusText}`.trim()),
        el("span", { className: "dim" }, ` · ${took.toFixed(0)} ms`), this.#size, response.redirected && el("span", { className: "dim" }, " · from " + response.url)),
      response.headers.has("x-contract-violation") && el("p", { className: "bad" }, "This answer breaks what the document says; the server's log says where."),
      folded("Headers", el("table", { data: { headers: "" } }, [...response.headers].map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value))))),
      folded("The same with curl", pre(curl)), this.#body,
    ].filter(Boolean);
  }

  async read() {
    const type = this.#response.headers.get("content-type") ?? "";
    if (type.startsWith("text/event-stream")) return this.#events();
    const chunks = [], shown = pre("", { data: { answer: "" }, "aria-label": "body" }), decoder = new TextDecoder();
    const isText = /^(text\/|application\/([^;]+\+)?(json|xml|yaml|javascript|x-www-form-urlencoded))/.test(type) || type === "";
    let size = 0, text = "";
    if (isText) this.#body.replaceChildren(shown);
    for await (const chunk of this.#chunks()) {
      size += chunk.length;
      this.#size.textContent = ` · ${sizeOf(size)}`;
      if (!isText) chunks.push(chunk);
      else if (text.length < AnswerView.#mostShown) shown.textContent = text += decoder.decode(chunk, { stream: true });
    }
    if (isText && size > 0) shown.textContent = size > AnswerView.#mostShown ? text + "\n… the rest is not shown" : /json/.test(type) ? pretty(text) : text;
    else if (isText) this.#body.replaceChildren(el("p", { className: "dim" }, "no body"));
    else this.#binary(new Blob(chunks, { type }), type);
    this.#body.dataset.complete = "";
  }

  async *#chunks() {
    const reader = this.#response.body?.getReader();
    for (;;) {
      const { value, done } = await reader?.read() ?? { done: true };
      if (done) return;
      yield value;
    }
  }

  #binary(blob, type) {
    const url = URL.createObjectURL(blob);
    const view = /^image\/(png|jpeg|gif|webp|avif|svg\+xml)/.test(type) && el("img", { src: url, alt: "the body" });
    this.#body.replaceChildren(...[view, el("p", {}, el("a", { href: url, download: "answer" }, `save ${sizeOf(blob.size)}`), ` of ${type}`)].filter(Boolean));
  }

  /** Events as they come (HTML standard, 9.2.6). */
  async #events() {
    const log = new Log();
    this.#body.replaceChildren(log.element);
    let waiting = "", event = {};
    const decoder = new TextDecoder(), count = () => { this.#size.textContent = ` · ${this.#body.dataset.events = Number(this.#body.dataset.events ?? 0) + 1} events`; };
    for await (const chunk of this.#chunks()) {
      const lines = (waiting + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r/);
      waiting = lines.pop();
      for (const line of lines) {
        if (line === "") {
          if (event.data !== undefined) { log.add("received", "←", event.data, [event.event, event.id && "id " + event.id].filter(Boolean).join(" ")); count(); }
          event = {};
        } else if (!line.startsWith(":")) {
          const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
          event[field] = field === "data" && event.data !== undefined ? event.data + "\n" + value : value;
        }
      }
    }
    log.add("ended", "•", "the server has ended the stream");
  }
}
