// Validation: what an annotation says of the parts of a request becomes the last of its guards, which leaves what fits in
// `req.valid` and answers the rest with problem details (RFC 9457).
(function (host) {
  "use strict";

  const PARTS = ["params", "query", "headers", "cookies", "body"];
  const stringify = JSON.stringify, parse = JSON.parse;
  const fail = (message) => { throw new TypeError(message); };

  /** A function of the raw part: { value } or { issues: [{ pointer, detail }] }, or a promise of it. */
  function checkOf(label, part, schema) {
    const standard = schema["~standard"];
    if (standard) {
      if (typeof standard.validate !== "function") fail(`${label}: ${part} has no ~standard.validate, which is not a Standard Schema`);
      return async (raw) => standardOutcome(await standard.validate(raw.value()));
    }
    const check = host.schema(label, part, stringify(written(label, part, schema, "input")));
    return (raw) => {
      const [value, issues] = check(raw.text());
      return issues === undefined ? { value: parse(value) } : { issues: parse(issues) };
    };
  }

  function standardOutcome({ value, issues }) {
    if (!issues) return { value };
    return { issues: [...issues].slice(0, 20).map(({ message, path = [] }) => ({ pointer: pointer(path), detail: String(message) })) };
  }

  const pointer = (path) => "#" + [...path].map((step) => {
    const key = String(typeof step === "object" && step !== null ? step.key : step);
    return "/" + encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
  }).join("");

  const rawQuery = (req) => req.url.split("?").slice(1).join("?");

  /** A query as an object: of a repeated name a list. */
  function queryObject(raw) {
    const object = {};
    for (const [name, value] of new URLSearchParams(raw)) {
      const before = Object.hasOwn(object, name) ? object[name] : undefined;
      Object.defineProperty(object, name, { value: before === undefined ? value : [before, value].flat(), writable: true, enumerable: true, configurable: true });
    }
    return object;
  }

  const texts = (object) => ({ text: () => stringify(object), value: () => object });
  const rawParts = {
    params: (req) => texts({ ...req.params }),
    headers: (req) => texts(Object.fromEntries(req.headers)),
    cookies: (req) => texts({ ...req.cookies }),
    query: (req) => ({ text: () => rawQuery(req), value: () => queryObject(rawQuery(req)) }),
    async body(req) {
      const type = req.headers.get("content-type") ?? "application/json";
      if (!/^application\/([^;]+\+)?json\s*(;|$)/i.test(type)) throw problem(415, "Unsupported Media Type", `the body is to be application/json, not ${type.slice(0, 100)}`);
      const text = await req.text();
      return { text: () => text, value: () => jsonOf(text) };
    },
  };

  function jsonOf(text) {
    try {
      return parse(text);
    } catch (error) {
      throw problem(400, "Bad Request", "the request does not fit", [{ in: "body", pointer: "#", detail: "is not JSON: " + error.message }]);
    }
  }

  function problem(status, title, detail, errors) {
    return new Response(stringify({ type: "about:blank", title, status, detail, errors }), { status, headers: { "content-type": "application/problem+json" } });
  }

  /** What the options say as JSON Schemas in text, for documents: { query: "{...}" }. What cannot be said so is left out. */
  function schemas(label, options) {
    const told = {};
    for (const part of [...PARTS, "response"]) {
      const text = options[part] === undefined ? undefined : schemaText(label, part, options[part], part === "response");
      if (text !== undefined) told[part] = text;
    }
    return told;
  }

  /** A schema as JSON Schema in text, for documents; undefined when it cannot be said so. sent: what the app makes, not what it takes. */
  const schemaText = (label, part, schema, sent) => stringify(jsonSchema(label, part, isSchema(label, part, schema), sent ? "output" : "input"));

  /** What goes over a WebSocket: [{ sent, schema }]. */
  function messages(label, parts) {
    const list = [];
    for (const part of ["receives", "sends"]) {
      for (const schema of [parts[part] ?? []].flat()) {
        list.push({ sent: part === "sends", schema: schemaText(label, part, schema, part === "sends") ?? "{}" });
      }
    }
    return list;
  }

  const jsonSchema = (label, part, schema, io) => schema["~standard"] ? standardSchema(schema, io) : written(label, part, schema, io);

  /** What zod is told: what JSON Schema has no words for is anything, a date is a text, and integers are not told their range. */
  const WORDS = {
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      if (zodSchema?._zod?.def?.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  };

  /** A Standard JSON Schema says its own, and a schema of zod 4 too. */
  function standardSchema(schema, io) {
    const make = schema["~standard"].jsonSchema?.[io], target = "draft-2020-12";
    try {
      return make?.({ target, libraryOptions: WORDS }) ?? schema.toJSONSchema?.({ io, ...WORDS });
    } catch {
      return undefined; // JSON Schema has no words for it
    }
  }

  /** A JSON Schema in which classes and other schemas stand is written out. */
  const written = (label, part, schema, io) => holdsOthers(schema, 0, new Set()) ? host.classes().write(`${label}: ${part}`, schema, (one) => standardSchema(one, io)) : schema;

  function holdsOthers(value, depth, seen) {
    if (typeof value === "function" || depth === 0 && Array.isArray(value)) return true;
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    return depth > 0 && "~standard" in value || Object.values(value).some((one) => holdsOthers(one, depth + 1, seen));
  }

  function isSchema(label, part, schema) {
    if (typeof schema === "function" && !schema["~standard"] && !host.classes().isClass(schema)) {
      fail(`${label}: ${part} is the ${/^class\b/.test(schema) ? "class" : "function"} ${schema.name}, which is no schema: mark the class @Schema`);
    }
    if (Array.isArray(schema) && schema.length === 1) return isSchema(label, part, schema[0]) && schema;
    if ((typeof schema === "object" || typeof schema === "function") && schema !== null && !Array.isArray(schema)) return schema;
    return fail(`${label}: ${part} is a JSON Schema or a Standard Schema (zod, valibot ...), or a class marked @Schema, not ${host.show(schema)}`);
  }

  /** The guard of what the options say; none when they say nothing. */
  function validators(label, options) {
    const checks = PARTS.filter((part) => options[part] !== undefined).map((part) => {
      return { part, check: checkOf(label, part, isSchema(label, part, options[part])) };
    });
    return checks.length === 0 ? [] : [(req) => validate(checks, req)];
  }

  async function validate(checks, req) {
    const valid = {}, errors = [];
    for (const { part, check } of checks) {
      const { value, issues } = await check(await rawParts[part](req));
      if (issues) errors.push(...issues.map((issue) => ({ in: part, ...issue })));
      else valid[part] = value;
    }
    if (errors.length > 0) return problem(400, "Bad Request", "the request does not fit", errors);
    req.valid = valid;
    return undefined;
  }

  return { globals: {}, validators, schemas, messages, schemaText };
})
