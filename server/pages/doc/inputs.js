/** What asks for the value of one parameter, and writes it into a request as its style says (OpenAPI 3.1, Parameter Object). */
class ParameterInput {
  #parameter; #input; #kind; #schema;
  constructor(parameter, schemas) {
    this.#parameter = parameter;
    this.#schema = schemas.resolve(parameter.schema ?? {});
    this.#kind = Schemas.typeOf(this.#schema);
    this.#input = this.#makeInput(parameter, schemas);
    const words = schemas.words(parameter.schema ?? {});
    const hint = this.#kind === "array" ? "; several: one on each line" : this.#kind === "object" ? "; as JSON" : "";
    this.element = labelled(el("code", {}, parameter.name), this.#input, {
      required: parameter.required, note: [parameter.description, words + hint, parameter.deprecated && "deprecated"].filter(Boolean).join(" · "),
    });
  }

  #makeInput({ name, required, example }, schemas) {
    const first = example ?? this.#schema.example ?? this.#schema.examples?.[0] ?? this.#schema.default;
    const properties = { name, required, data: { parameter: name }, autocomplete: "off", spellcheck: "false" };
    const choices = this.#schema.enum ?? (this.#kind === "boolean" ? [true, false] : undefined);
    if (choices) {
      const select = el("select", properties, !required && el("option", { value: "" }, "—"), choices.map((value) => el("option", { value: String(value) }, String(value))));
      if (first !== undefined) select.value = String(first);
      return select;
    }
    if (this.#kind === "array" || this.#kind === "object") {
      const text = first === undefined ? "" : this.#kind === "object" ? JSON.stringify(first) : [first].flat().join("\n");
      return el("textarea", { ...properties, rows: "2", value: text || (required ? [schemas.example(this.#schema)].flat().map((v) => typeof v === "object" ? JSON.stringify(v) : v).join("\n") : "") });
    }
    const value = first ?? (required && ["path", "query"].includes(this.#parameter.in) ? schemas.example(this.#schema, 1) : "");
    return el("input", { ...properties, type: "text", inputmode: ["integer", "number"].includes(this.#kind) ? "decimal" : undefined, value: String(value) });
  }

  get place() { return this.#parameter.in; }
  get name() { return this.#parameter.name; }
  get isEmpty() { return this.#input.value === ""; }

  /** The texts that stand for the value: one, several, or pairs of an object. */
  #value() {
    const text = this.#input.value;
    if (this.#kind === "array") return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    if (this.#kind === "object") return JSON.parse(text);
    return text;
  }

  /** For a path: the place of {name}. */
  inPath() {
    const value = this.#value(), { style = "simple", explode = false } = this.#parameter, code = encodeURIComponent;
    const list = (separator) => Array.isArray(value) ? value.map(code).join(separator)
      : typeof value === "object" ? Object.entries(value).map(([k, v]) => code(k) + (explode ? "=" : ",") + code(v)).join(explode ? separator : ",") : code(value);
    if (style === "label") return "." + list(explode ? "." : ",");
    if (style !== "matrix") return list(",");
    if (explode && Array.isArray(value)) return value.map((one) => `;${this.name}=${code(one)}`).join("");
    return explode && typeof value === "object" ? ";" + list(";") : `;${this.name}=${list(",")}`;
  }

  /** For a query: pairs of name and value. */
  inQuery() {
    const value = this.#value(), { style = "form", explode = style === "form" } = this.#parameter;
    if (Array.isArray(value)) {
      const separator = { spaceDelimited: " ", pipeDelimited: "|" }[style] ?? ",";
      return explode ? value.map((one) => [this.name, one]) : [[this.name, value.join(separator)]];
    }
    if (typeof value !== "object") return [[this.name, value]];
    if (style === "deepObject") return Object.entries(value).map(([key, one]) => [`${this.name}[${key}]`, one]);
    return explode ? Object.entries(value) : [[this.name, Object.entries(value).flat().join(",")]];
  }

  /** For a header or a cookie: one text. */
  inText() {
    const value = this.#value();
    if (Array.isArray(value)) return value.join(",");
    return typeof value === "object" ? Object.entries(value).map(([k, v]) => this.#parameter.explode ? `${k}=${v}` : `${k},${v}`).join(",") : value;
  }
}

/** What asks for a body: a text, prefilled with something that fits, or the fields of a form. */
class BodyInput {
  #type; #text; #fields; #schemas; #kinds; #place = el("div");
  constructor(body, schemas) {
    this.#schemas = schemas;
    this.#kinds = body?.content ?? {};
    const types = Object.keys(this.#kinds);
    this.#type = types.length > 1 ? el("select", { onchange: () => this.#show() }, types.map((type) => el("option", { value: type }, type)))
      : el("input", { type: "text", value: types[0] ?? "application/json", spellcheck: "false", readonly: types.length === 1 });
    this.element = el("fieldset", {}, el("legend", {}, "Body"), paragraph(body?.description), labelled("Content-Type", this.#type), this.#place);
    this.#show();
  }

  #show() {
    const { schema, example, examples } = this.#kinds[this.#type.value] ?? {};
    const isForm = /^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(this.#type.value);
    this.#fields = isForm ? this.#formFields(schema) : undefined;
    this.#text = undefined;
    if (isForm) {
      this.#place.replaceChildren(...this.#fields.map((field) => field.element));
      return;
    }
    const given = example ?? Object.values(examples ?? {})[0]?.value ?? (schema && this.#schemas.example(schema));
    const text = given === undefined ? "" : typeof given === "string" && !/json/.test(this.#type.value) ? given : JSON.stringify(given, null, 2);
    this.#text = el("textarea", { rows: String(Math.min(16, Math.max(3, text.split("\n").length))), spellcheck: "false", data: { body: "" }, value: text });
    const table = schema && this.#schemas.table(schema);
    this.#place.replaceChildren(labelled("Content", this.#text), ...(table ? [folded("What it holds", table)] : []));
  }

  #formFields(given) {
    const schema = this.#schemas.resolve(given ?? {});
    return Object.entries(schema.properties ?? {}).map(([name, property]) => {
      const said = this.#schemas.resolve(property), required = schema.required?.includes(name);
      const isFile = said.format === "binary" || said.contentMediaType === "application/octet-stream";
      if (!isFile) return new ParameterInput({ name, in: "form", required, schema: property, description: said.description }, this.#schemas);
      const input = el("input", { type: "file", name });
      return { name, input, element: labelled(el("code", {}, name), input, { required, note: said.description }) };
    });
  }

  /** What goes out: [body, content type]. The browser itself writes the type of a form with its boundary. */
  value() {
    if (!this.#fields) return this.#text.value === "" ? [undefined, undefined] : [this.#text.value, this.#type.value];
    const form = this.#type.value.startsWith("multipart") ? new FormData() : new URLSearchParams();
    for (const field of this.#fields) {
      if (field.input) for (const file of field.input.files) form.append(field.name, file);
      else if (!field.isEmpty) for (const [name, value] of field.inQuery()) form.append(name, value);
    }
    return [form, undefined];
  }
}
