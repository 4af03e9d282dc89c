/** The schemas of a document: what they refer to, what would fit them, how they read. */
class Schemas {
  #document;
  constructor(document) { this.#document = document; }

  /** Follows references, within bounds. */
  resolve(schema) {
    for (let i = 0; i < 20 && typeof schema?.$ref === "string"; i++) {
      const { $ref, ...beside } = schema;
      const found = $ref.split("/").slice(1).reduce((at, step) => at?.[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")], this.#document);
      schema = Object.keys(beside).length > 0 ? { ...found, ...beside } : found;
    }
    return schema ?? {};
  }

  static typeOf(schema) {
    const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
    return type ?? (schema.properties ? "object" : schema.items ? "array" : undefined);
  }

  /** A value that is likely to fit. */
  example(given, depth = 0) {
    const schema = this.resolve(given);
    for (const key of ["example", "default", "const"]) if (schema[key] !== undefined) return schema[key];
    if (schema.examples?.length > 0) return schema.examples[0];
    if (schema.enum?.length > 0) return schema.enum[0];
    const choice = schema.oneOf?.[0] ?? schema.anyOf?.[0];
    if (choice) return this.example(choice, depth + 1);
    if (schema.allOf && !schema.properties) return Object.assign({}, ...schema.allOf.map((part) => this.example(part, depth + 1)));
    switch (Schemas.typeOf(schema)) {
      case "object": return depth > 5 ? {} : this.#exampleObject(schema, depth);
      case "array": return depth > 5 || schema.minItems === undefined && depth > 2 ? [] : (schema.prefixItems ?? [schema.items ?? {}]).map((item) => this.example(item, depth + 1));
      case "integer": case "number": return Schemas.#number(schema);
      case "boolean": return true;
      case "null": return null;
      case "string": return Schemas.#text(schema);
    }
    return depth === 0 ? {} : "";
  }

  #exampleObject(schema, depth) {
    const object = {};
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (!this.resolve(property).readOnly) object[name] = this.example(property, depth + 1);
    }
    return object;
  }

  static #number({ minimum, exclusiveMinimum, maximum, multipleOf = 1 }) {
    if (minimum !== undefined) return minimum;
    if (exclusiveMinimum !== undefined) return exclusiveMinimum + multipleOf;
    return maximum !== undefined && maximum < 1 ? maximum : multipleOf;
  }

  static #text({ format, minLength = 0 }) {
    const known = {
      "date-time": new Date().toISOString(), date: new Date().toISOString().slice(0, 10), time: "12:00:00Z", email: "ada@example.com", uuid: crypto.randomUUID?.() ?? "00000000-0000-4000-8000-000000000000",
      uri: "https://example.com/", url: "https://example.com/", ipv4: "192.0.2.1", ipv6: "2001:db8::1", hostname: "example.com",
    };
    return known[format] ?? "text".padEnd(minLength, " text");
  }

  /** A type in words: "list of Book", "integer, at least 1". */
  words(given) {
    const schema = this.resolve(given), name = given?.$ref?.split("/").at(-1);
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.slice(0, 12).map((value) => JSON.stringify(value)).join(" | ") + (schema.enum.length > 12 ? " | …" : "");
    const either = schema.oneOf ?? schema.anyOf;
    if (either) return either.map((one) => this.words(one)).join(" or ");
    const type = Schemas.typeOf(schema);
    if (type === "array") return "list of " + (schema.items ? this.words(schema.items) : "anything");
    const base = name && type === "object" ? name : [schema.type ?? type ?? "anything"].flat().join(" or ");
    return [base, ...Schemas.#limits(schema)].join(", ");
  }

  static #limits(schema) {
    const says = {
      format: (v) => v, minLength: (v) => `at least ${v} long`, maxLength: (v) => `at most ${v} long`, minimum: (v) => `at least ${v}`, maximum: (v) => `at most ${v}`,
      exclusiveMinimum: (v) => `above ${v}`, exclusiveMaximum: (v) => `below ${v}`, multipleOf: (v) => `a multiple of ${v}`, pattern: (v) => `like ${v}`, default: (v) => `${JSON.stringify(v)} if left out`,
    };
    return Object.keys(says).filter((key) => schema[key] !== undefined).map((key) => says[key](schema[key]));
  }

  /** The members of an object, or of the objects of a list, as a table; undefined when there are none. */
  table(given, depth = 0) {
    const schema = this.resolve(given), inner = Schemas.typeOf(schema) === "array" ? schema.items : undefined;
    if (inner) return this.table(inner, depth);
    const all = [schema, ...(schema.allOf ?? []).map((part) => this.resolve(part))];
    const properties = Object.assign({}, ...all.map((part) => part.properties));
    const required = all.flatMap((part) => part.required ?? []);
    if (Object.keys(properties).length === 0) return undefined;
    return el("table", { className: "members" }, Object.entries(properties).map(([name, property]) => {
      const said = this.resolve(property), below = depth < 3 && this.table(property, depth + 1);
      return el("tr", {}, el("th", { scope: "row" }, el("code", {}, name), required.includes(name) && el("span", { className: "required", title: "required" }, " *")),
        el("td", {}, el("span", {}, this.words(property)), said.deprecated && el("span", { className: "tag" }, "deprecated"), said.description && el("div", { className: "dim" }, said.description), below));
    }));
  }
}
