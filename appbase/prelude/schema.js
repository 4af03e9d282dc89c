// Schema classes: @Schema, @Required and @Ignore take notes, and `write` makes JSON Schemas of the classes they stand on. Types and
// descriptions that the annotations do not give come from the source.
(function (host) {
  "use strict";

  const NOTES = Symbol("sigil.schema");
  const known = []; // classes marked @Schema, for types that name them
  const fail = (message) => { throw new TypeError(message); };
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isContext = (value) => isObject(value) && "kind" in value && "metadata" in value;

  // --- annotations ------------------------------------------------------------------------------------------------------

  function notesOf(metadata) {
    if (!Object.hasOwn(metadata, NOTES)) {
      Object.defineProperty(metadata, NOTES, { value: { place: host.place(), all: false, options: {}, members: new Map() } });
    }
    return metadata[NOTES];
  }

  const MEMBERS = ["field", "accessor", "getter"];

  function noteMember(label, context, change) {
    const name = String(context.name);
    if (!MEMBERS.includes(context.kind)) fail(`${label} belongs on a field${label === "@Schema" ? " or a class" : ""}; ${name} is a ${context.kind}`);
    if (context.static || context.private || typeof context.name === "symbol") fail(`${label} on ${name}: static, #private and symbol members are in no JSON`);
    const { members } = notesOf(context.metadata), note = members.get(name) ?? { required: false, ignored: false, says: [] };
    members.set(name, note);
    change(note);
    if (note.ignored && (note.required || note.says.length > 0)) fail(`${name} cannot be marked @Ignore and something else at once`);
  }

  function noteClass(options, context) {
    if (options !== undefined && !isObject(options)) fail(`@Schema on a class takes an object of JSON Schema keywords, not ${host.show(options)}`);
    const notes = notesOf(context.metadata);
    Object.assign(notes, { all: true, options: options ?? {} });
    context.addInitializer(function () { known.push(this); });
  }

  /** An annotation that stands bare or is told what a member is. */
  const annotation = (label, change) => (...args) => {
    if (isContext(args[1])) return noteMember(label, args[1], (note) => change(note, undefined));
    if (args.length > 1) fail(`${label} takes one argument`);
    return (value, context) => noteMember(label, context, (note) => change(note, args[0]));
  };

  const say = (note, what) => { if (what !== undefined) note.says.push(what); };
  const member = annotation("@Schema", say);
  const Required = annotation("@Required", (note, what) => { note.required = true; say(note, what); });
  const Ignore = annotation("@Ignore", (note) => { note.ignored = true; });

  function Schema(...args) {
    const [first, context] = args;
    if (isContext(context)) return context.kind === "class" ? noteClass(undefined, context) : member(first, context);
    if (args.length > 1) fail("@Schema takes one argument");
    return (value, context) => context.kind === "class" ? noteClass(first, context) : member(first)(value, context);
  }

  // --- JSON Schemas -------------------------------------------------------------------------------------------------------

  const own = (Class) => {
    const metadata = Object.hasOwn(Class, Symbol.metadata) ? Class[Symbol.metadata] : undefined;
    return metadata && Object.hasOwn(metadata, NOTES) ? metadata[NOTES] : undefined;
  };
  const INTRINSIC = new Map([
    [String, { type: "string" }], [Number, { type: "number" }], [Boolean, { type: "boolean" }], [Object, { type: "object" }], [Array, { type: "array" }],
    [Date, { type: "string", format: "date-time" }], [URL, { type: "string", format: "uri" }], [BigInt, { type: "integer" }],
  ]);
  const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];
  const SAYS_ALL = ["type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const", "properties"];

  /** One schema that is written out, with the definitions it refers to. */
  class Writer {
    #label; #standard; #names = new Map(); #definitions = {};
    constructor(label, standard) {
      this.#label = label;
      this.#standard = standard;
    }

    whole(value) {
      const schema = this.#schema(value);
      return Object.keys(this.#definitions).length > 0 ? { ...schema, $defs: this.#definitions } : schema;
    }

    #fail(message) { fail(`${this.#label}: ${message}`); }

    /** Whatever stands for a schema: a class, [a class], the name of a type, a Standard Schema, a JSON Schema with those in it. */
    #schema(value) {
      if (typeof value?.["~standard"] === "object") return this.#hoisted(this.#standard(value) ?? {});
      if (typeof value === "function") return this.#class(value);
      if (Array.isArray(value)) return this.#list(value);
      if (typeof value === "string") return TYPES.includes(value) ? { type: value } : this.#fail(`${host.show(value)} is no type of JSON: ${TYPES.join(", ")}`);
      if (!isObject(value)) this.#fail(`${host.show(value)} is no schema`);
      return this.#keywords(value);
    }

    #list(value) {
      if (value.length !== 1) this.#fail(`a list is written [Item], with one schema in it, not ${host.show(value)}`);
      return { type: "array", items: this.#schema(value[0]) };
    }

    #keywords(given) {
      const schema = {};
      for (const [key, value] of Object.entries(given)) {
        if (key === "properties" && isObject(value)) schema[key] = Object.fromEntries(Object.entries(value).map(([name, property]) => [name, typeof property === "boolean" ? property : this.#schema(property)]));
        else if (typeof value === "function" || key === "items" && Array.isArray(value)) schema[key] = this.#schema(value);
        else if (Array.isArray(value)) schema[key] = value.map((one) => typeof one === "function" ? this.#schema(one) : isObject(one) && key !== "enum" && key !== "examples" ? this.#keywords(one) : one);
        else schema[key] = isObject(value) && !["default", "const", "example"].includes(key) ? this.#schema(value) : value;
      }
      return schema;
    }

    #class(Class) {
      if (INTRINSIC.has(Class)) return { ...INTRINSIC.get(Class) };
      if (!own(Class)) this.#fail(`${Class.name || "the function"} is no schema: mark the class @Schema`);
      return this.#reference(Class, Class.name, () => this.#members(Class));
    }

    /** A reference to a definition, which is made when it is first referred to. */
    #reference(key, wanted, make) {
      if (!this.#names.has(key)) {
        let name = wanted || "Schema";
        for (let i = 2; Object.hasOwn(this.#definitions, name); i++) name = wanted + i;
        this.#names.set(key, name);
        this.#definitions[name] = true;
        this.#definitions[name] = make();
      }
      return { $ref: "#/$defs/" + this.#names.get(key) };
    }

    #members(Class) {
      const { place, all, options, members } = own(Class), told = JSON.parse(host.members(place, Class.name, [...members.keys()]));
      const base = Object.getPrototypeOf(Class), inherited = typeof base === "function" && own(base) ? this.#members(base) : { properties: {}, required: [] };
      const properties = { ...inherited.properties }, required = new Set(inherited.required), ignored = new Set(inherited["x-ignored"]);
      const inSource = new Map(told.members.map((m) => [m.name, m]));
      for (const name of new Set([...inSource.keys(), ...members.keys()])) {
        const note = members.get(name);
        if (note?.ignored) ignored.add(name);
        if (note?.ignored || !note && !all) continue;
        properties[name] = this.#member(Class, name, note, inSource.get(name), told.file);
        if (note?.required) required.add(name);
      }
      const { title = Class.name, description = told.description, ...keywords } = this.#keywords(options);
      return {
        title, description, type: "object", properties, required: required.size > 0 ? [...required] : undefined, deprecated: told.deprecated || undefined, ...keywords,
        "x-ignored": ignored.size > 0 ? [...ignored] : undefined,
      };
    }

    #member(Class, name, note, told, file) {
      const says = Object.assign({}, ...(note?.says ?? []).map((what) => this.#schema(what)));
      const beside = { description: told?.description, deprecated: told?.deprecated || undefined, default: note?.required ? undefined : told?.default };
      if (SAYS_ALL.some((key) => key in says)) return defined({ ...beside, ...says });
      if (told?.error) this.#fail(`${Class.name}.${name} (${told.at}): ${told.error}; say what it is with @Schema({ ... }), or leave it out with @Ignore`);
      return defined({ ...this.#renamed(told?.schema ?? {}, told?.names ?? [], file, `${Class.name}.${name}`), ...beside, ...says });
    }

    /** A schema made of a TypeScript type, with the types that it names. */
    #renamed(schema, names, file, of) {
      const places = new Map(names.map((name) => ["#/$defs/" + name, this.#named(name, file, of).$ref]));
      return moved(schema, places);
    }

    #named(name, file, of) {
      const candidates = known.filter((Class) => host.isNamed(own(Class).place, Class.name, name));
      const Class = candidates.find((one) => own(one).place[0] === file) ?? candidates[0];
      if (Class) return this.#class(Class);
      const found = host.typeNamed(file, name);
      if (found === undefined) this.#fail(`${of}: the type ${name} is not known: mark the class ${name} @Schema, or say what the member is with @Schema({ ... })`);
      const type = JSON.parse(found);
      if (type.error) this.#fail(`${of}: ${name} (${type.file}): ${type.error}`);
      return this.#reference(`${type.file} ${name}`, name, () => this.#renamed(type.schema, type.names ?? [], type.file, name));
    }

    /** A schema with definitions of its own, which become those of the whole. */
    #hoisted({ $schema, $defs = {}, ...schema }) {
      const places = new Map();
      for (const name of Object.keys($defs)) places.set("#/$defs/" + name, this.#reference($defs[name], name, () => true).$ref);
      for (const [name, definition] of Object.entries($defs)) this.#definitions[this.#names.get(definition)] = moved(definition, places);
      return moved(schema, places);
    }
  }

  const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

  /** A copy of a schema whose references lead elsewhere. */
  function moved(value, places) {
    if (places.size === 0) return value;
    if (Array.isArray(value)) return value.map((one) => moved(one, places));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === "$ref" && places.has(one) ? places.get(one) : moved(one, places)]));
  }

  return { globals: { Schema, Required, Ignore }, isClass: (value) => INTRINSIC.has(value) || own(value) !== undefined, write: (label, value, standard) => new Writer(label, standard).whole(value) };
})
