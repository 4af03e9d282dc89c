/** What the document's security schemes want, and one header of any name; sent with every request, kept nowhere. */
class Credentials {
  #inputs = [];
  #name = el("input", { type: "text", spellcheck: "false", autocomplete: "off", placeholder: "x-api-key" });
  #value = el("input", { type: "text", spellcheck: "false", autocomplete: "off" });

  element(schemes = {}) {
    for (const [name, scheme] of Object.entries(schemes)) {
      const kind = Credentials.#kindOf(scheme), input = kind && el("input", { type: "password", autocomplete: "off", data: { scheme: name } });
      if (input) this.#inputs.push({ scheme, input, element: labelled(el("span", {}, el("code", {}, name), ", " + kind), input, { note: scheme.description }) });
    }
    return folded("Credentials, sent with every request", this.#inputs.map(({ element }) => element), labelled("A header's name", this.#name), labelled("Its value", this.#value));
  }

  static #kindOf({ type, scheme, in: place, name }) {
    if (type === "http") return scheme?.toLowerCase() === "basic" ? "as name:password" : scheme;
    if (type === "apiKey") return `${place} ${name}`;
    return type === "oauth2" || type === "openIdConnect" ? "access token" : undefined;
  }

  apply(headers, query) {
    for (const { scheme, input } of this.#inputs) {
      const { value } = input;
      if (value === "") continue;
      if (scheme.type !== "apiKey") headers.set("authorization", scheme.scheme?.toLowerCase() === "basic" ? "Basic " + btoa(value) : "Bearer " + value);
      else if (scheme.in === "query") query.set(scheme.name, value);
      else if (scheme.in === "cookie") document.cookie = `${scheme.name}=${encodeURIComponent(value)}; path=/; samesite=strict`;
      else headers.set(scheme.name, value);
    }
    if (this.#name.value !== "") headers.set(this.#name.value, this.#value.value);
  }
}

/** The whole page. Until it is there, and where scripts do not run, the server's own lists are. */
class DocPage {
  #root; #shown = [];
  credentials = new Credentials();

  constructor(root) {
    this.#root = root;
    this.mount = root.dataset.mount;
  }

  async show() {
    const read = async (name) => {
      const response = await fetch(`${this.mount}/${name}.json`);
      if (!response.ok) throw new Error(`${name}.json: ${response.status}`);
      return response.json();
    };
    [this.http, this.sockets] = await Promise.all([read("api"), read("asyncapi")]);
    this.schemas = new Schemas(this.http);
    this.socketSchemas = new Schemas(this.sockets);
    const all = this.#operations();
    const sections = [
      this.#section("http", "HTTP", all.filter((operation) => !operation.isEvents)),
      this.#section("sse", "Server-sent events", all.filter((operation) => operation.isEvents)),
      this.#section("websocket", "WebSocket", this.#channels()),
    ].filter(Boolean);
    for (const old of this.#root.querySelectorAll("[data-kind]")) if (old.dataset.kind !== "scheduled") old.remove();
    this.#root.prepend(this.#tools(), ...sections);
    this.#open();
    window.addEventListener("hashchange", () => this.#open());
    this.#root.dataset.ready = "";
  }

  #operations() {
    const verbs = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
    return Object.entries(this.http.paths ?? {}).flatMap(([path, item]) =>
      verbs.filter((verb) => item[verb]).map((verb) => new HttpOperation(this, path, verb, item[verb], item.parameters)));
  }

  #channels() {
    const isSocket = (channel) => channel["x-topic"] === undefined;
    return Object.entries(this.sockets.channels ?? {}).filter(([, channel]) => isSocket(channel)).map(([name, channel]) => new SocketChannel(this, name, channel));
  }

  #section(kind, title, operations) {
    if (operations.length === 0) return undefined;
    return el("section", { className: "card", "aria-label": title, data: { shows: kind } }, el("h2", {}, title), operations.map((operation) => {
      const element = operation.element();
      element.addEventListener("toggle", () => { if (element.open) history.replaceState(null, "", "#" + element.id); });
      this.#shown.push({ element, searched: operation.searched });
      return element;
    }));
  }

  #tools() {
    const filter = el("input", { type: "search", placeholder: "filter", "aria-label": "filter", autocomplete: "off", oninput: () => this.#filter(filter.value.toLowerCase()) });
    return el("section", { className: "tools" }, this.#shown.length > 5 && filter, this.credentials.element(this.http.components?.securitySchemes));
  }

  #filter(words) {
    for (const { element, searched } of this.#shown) element.hidden = !words.split(/\s+/).every((word) => searched.includes(word));
  }

  /** Opens what the address names: /app/doc#get-items. */
  #open() {
    const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named || named.open) return;
    named.open = true;
    named.scrollIntoView();
  }
}

const root = document.querySelector("main");
new DocPage(root).show().catch((error) => {
  root.prepend(el("p", { className: "bad" }, `nothing can be tried here: ${error.message}`));
});
