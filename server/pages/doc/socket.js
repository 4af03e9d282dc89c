/** One WebSocket channel: its description, a connection, and the frames that went over it. */
class SocketChannel {
  #page; #name; #channel; #schemas; #inputs; #socket; #log = new Log();
  #query = el("input", { type: "text", spellcheck: "false", autocomplete: "off", data: { query: "" } });
  #protocol; #message; #bytes = el("input", { type: "checkbox" }); #state; #toggle; #send;
  #code = el("input", { type: "text", inputmode: "numeric", value: "1000", size: "5" });
  #reason = el("input", { type: "text", autocomplete: "off" });

  constructor(page, name, channel) {
    this.#page = page;
    this.#name = name;
    this.#channel = channel;
    this.#schemas = page.socketSchemas;
    const described = Object.entries(channel.parameters ?? {});
    this.#inputs = described.map(([parameter, { description }]) => new ParameterInput({ name: parameter, in: "path", required: true, schema: { type: "string" }, description }, this.#schemas));
    this.#protocol = el("input", { type: "text", spellcheck: "false", autocomplete: "off", value: channel["x-subprotocols"]?.[0] ?? "" });
    this.#message = el("textarea", { rows: "4", spellcheck: "false", data: { message: "" }, onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#sendMessage(event); } });
  }

  get searched() { return ["websocket", this.#name, this.#channel.address, this.#channel.summary].join(" ").toLowerCase(); }

  element() {
    const { summary, description, address } = this.#channel;
    this.#state = el("output", { className: "state", data: { state: "closed" } }, "not connected");
    this.#toggle = el("button", { type: "submit", className: "main", data: { connect: "" } }, "Connect");
    return el("details", { className: "operation", id: "ws-" + this.#name, data: { verb: "WS" } },
      el("summary", {}, el("span", { className: "verb" }, "WS"), el("code", {}, this.#page.mount + address), el("span", { className: "dim" }, summary ?? "")),
      paragraph(description), this.#connectForm(), this.#messageForm(), this.#log.element,
      el("p", { className: "buttons" }, el("button", { type: "button", onclick: () => this.#log.clear() }, "Clear")), this.#messages());
  }

  #connectForm() {
    return el("form", { onsubmit: (event) => { event.preventDefault(); this.#socket ? this.#close() : this.#connect(); } },
      this.#inputs.length > 0 && el("fieldset", {}, el("legend", {}, "Path"), this.#inputs.map((input) => input.element)),
      folded("Query, subprotocol, close code", labelled("Query, such as token=1", this.#query), labelled("Subprotocols, with commas", this.#protocol),
        labelled("Close code: 1000, or 3000 to 4999", this.#code), labelled("Close reason", this.#reason)),
      el("p", { className: "buttons" }, this.#toggle, this.#state));
  }

  #messageForm() {
    const choices = this.#choices();
    if (choices.length > 0) this.#message.value = choices[0].text;
    const choose = el("select", { onchange: () => { this.#message.value = choices[choose.selectedIndex].text; } }, choices.map(({ title }) => el("option", {}, title)));
    this.#send = el("button", { type: "submit", disabled: true, data: { send: "" } }, "Send");
    this.#bytes.id = "input-" + ++lastId;
    return el("form", { onsubmit: (event) => this.#sendMessage(event) },
      choices.length > 1 && labelled("Kind of message", choose), labelled("Message", this.#message),
      el("p", { className: "buttons" }, this.#send, el("label", { for: this.#bytes.id, className: "beside" }, this.#bytes, " as bytes, in hexadecimal")));
  }

  /** Messages to begin with: one of each kind that the app takes. */
  #choices() {
    const { operations = {}, channels } = this.#page.sockets, self = `#/channels/${this.#name}`;
    const taken = Object.values(operations).filter((operation) => operation.action === "receive" && operation.channel.$ref === self);
    const all = taken.flatMap((operation) => operation.messages.map(({ $ref }) => this.#schemas.resolve({ $ref }))).filter(({ name }) => name !== "binary").map(({ name, summary, payload }) => {
      const example = this.#schemas.resolve(payload).type === "string" && !this.#schemas.resolve(payload).enum ? "hello" : this.#schemas.example(payload);
      return { title: summary ? `${name}: ${summary}` : name, text: typeof example === "string" ? example : JSON.stringify(example) };
    });
    return [...all, ...(this.#isLive ? Object.values(channels).flatMap((channel) => this.#topicChoices(channel)) : [])];
  }

  get #isLive() { return this.#channel.messages?.notification !== undefined && this.#channel.messages?.request !== undefined; }

  #topicChoices(channel) {
    const pattern = channel["x-topic"];
    if (pattern === undefined) return [];
    const topic = pattern.replaceAll("*", "1"), request = (method, params) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const [payload] = Object.values(channel.messages).map((message) => message.payload);
    return [{ title: `subscribe to ${pattern}`, text: request("$/subscribe", { topic }) }, { title: `publish to ${pattern}`, text: request("$/publish", { topic, data: this.#schemas.example(payload, 1) }) }];
  }

  #connect() {
    const query = new URLSearchParams(this.#query.value);
    this.#page.credentials.apply(new Headers(), query);
    let path = this.#channel.address;
    for (const input of this.#inputs) path = path.replace(`{${input.name}}`, () => input.inPath());
    const url = location.origin.replace(/^http/, "ws") + this.#page.mount + path + (query.size > 0 ? "?" + query : "");
    try {
      this.#follow(new WebSocket(url, this.#protocol.value.split(",").map((one) => one.trim()).filter(Boolean)), url);
    } catch (error) {
      this.#log.add("failed", "!", error.message);
    }
  }

  #follow(socket, url) {
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#show("connecting", "connecting …");
    this.#log.add("connecting", "•", url);
    socket.onopen = () => {
      this.#show("open", "connected" + (socket.protocol && `, ${socket.protocol}`));
      this.#log.add("connected", "•", "connected" + (socket.protocol && ` with subprotocol ${socket.protocol}`));
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.#log.add("received", "←", data);
      else this.#log.add("received", "←", hexOf(new Uint8Array(data)), `${data.byteLength} bytes`);
    };
    socket.onclose = ({ code, reason }) => {
      this.#socket = undefined;
      this.#show("closed", `closed ${code}${reason && " " + reason}`);
      this.#log.add("closed", "•", `closed ${code}${reason && " " + reason}`, code === 1006 ? "lost, or refused: the log of the server may say why" : "");
    };
  }

  #show(state, text) {
    this.#state.dataset.state = state;
    this.#state.value = text;
    this.#toggle.textContent = state === "closed" ? "Connect" : "Close";
    this.#send.disabled = state !== "open";
  }

  #close() {
    try {
      this.#socket.close(Number(this.#code.value) || 1000, this.#reason.value);
    } catch (error) {
      this.#log.add("failed", "!", error.message);
    }
  }

  #sendMessage(event) {
    event.preventDefault();
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    try {
      const data = this.#bytes.checked ? bytesOf(this.#message.value) : this.#message.value;
      this.#socket.send(data);
      this.#log.add("sent", "→", typeof data === "string" ? data : hexOf(data), typeof data === "string" ? "" : `${data.length} bytes`);
    } catch (error) {
      this.#log.add("failed", "!", error.message);
    }
  }

  /** What the document says of messages. */
  #messages() {
    const described = Object.values(this.#channel.messages ?? {}).map(({ name, summary, payload }) => [name, summary, payload, this.#schemas.table(payload)]).filter(([, , , table]) => table);
    return described.length > 0 && folded("What messages hold", described.map(([name, summary, , table]) => [el("h4", {}, name), paragraph(summary), table]));
  }
}
