// What the services of Intl have in common (ECMA-402 9): locales, options, and classes that may be called without new.
const { defineProperty, ownKeys, construct, apply } = Reflect;
const { stringify } = JSON;
const { TypeError, RangeError, Object, Number, String, BigInt, Map } = globalThis;

const fail = (message) => { throw new TypeError(message); };
const outOfRange = (message) => { throw new RangeError(message); };
const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

/** The canonical tags of a locales argument. */
function canonicalLocales(locales) {
  if (locales === undefined) return [];
  const list = typeof locales === "string" ? [locales] : locales instanceof Locale ? [locales.toString()] : Object(locales), tags = [];
  if (locales === null) fail("null is no locale");
  const length = Math.min(Math.trunc(Number(list.length)) || 0, 1000);
  for (let i = 0; i < length; i++) {
    if (!(i in list)) continue;
    const tag = list[i];
    if (typeof tag !== "string" && !isObject(tag)) fail("a locale is a text such as \"de-CH\"");
    const canonical = canonicalTag(String(tag));
    if (!tags.includes(canonical)) tags.push(canonical);
  }
  return tags;
}

function canonicalTag(tag) {
  const canonical = host.canonical(tag);
  return canonical === "" ? outOfRange(`${stringify(tag.slice(0, 60))} is no language tag: one is "de" or "zh-Hant-TW"`) : canonical;
}

/** The extension -u- of a tag: { base, nu: "latn", ... }. */
function extensions(tag) {
  const parts = tag.split("-"), at = parts.indexOf("u"), found = {};
  if (at < 0 || (parts.indexOf("x") >= 0 && parts.indexOf("x") < at)) return { base: tag, found };
  let end = at + 1, key;
  for (; end < parts.length && parts[end].length > 1; end++) {
    if (parts[end].length === 2) found[key = parts[end]] ??= "";
    else if (key) found[key] += (found[key] && "-") + parts[end];
  }
  return { base: [...parts.slice(0, at), ...parts.slice(end)].join("-"), found };
}

/** The locale that serves a request: { locale, wanted } of the extensions; en-US when none does. */
function resolveLocale(locales) {
  for (const tag of canonicalLocales(locales)) {
    const { base, found } = extensions(tag), locale = host.find(base);
    if (locale !== "") return { locale, wanted: found };
  }
  return { locale: "en-US", wanted: {} };
}

/** A locale with those keywords of -u- that were heeded; those that are false were not. */
function withExtension(locale, keywords) {
  const heeded = Object.entries(keywords).filter(([, value]) => value).map(([key, value]) => `-${key}-${value}`);
  return heeded.length ? `${locale}-u${heeded.join("")}` : locale;
}

function supportedLocalesOf(locales, options = undefined) {
  const tags = canonicalLocales(locales);
  option(optionsOf(options), "localeMatcher", ["lookup", "best fit"], "best fit");
  return tags.filter((tag) => host.find(extensions(tag).base) !== "");
}

const optionsOf = (options) => options === undefined ? Object.create(null) : isObject(options) ? options : fail("the options must be an object");

/** A text option, one of some. */
function option(options, name, values, standard) {
  let value = options[name];
  if (value === undefined) return standard;
  value = String(value);
  if (values && !values.includes(value)) outOfRange(`${name} is one of ${values.map((v) => stringify(v)).join(", ")}, not ${stringify(value.slice(0, 60))}`);
  return value;
}

function booleanOption(options, name, standard) {
  const value = options[name];
  return value === undefined ? standard : Boolean(value);
}

/** A whole number between two. */
function numberIn(value, name, least, most, standard) {
  if (value === undefined) return standard;
  const n = Number(value);
  if (!(n >= least && n <= most)) outOfRange(`${name} is a number from ${least} to ${most}`);
  return Math.floor(n);
}

const numberOption = (options, name, least, most, standard) => numberIn(options[name], name, least, most, standard);

/** The numbering system of options, extension or locale. */
function numberingSystem(options, wanted, locale) {
  const asked = option(options, "numberingSystem");
  if (asked !== undefined && !/^[a-z0-9]{3,8}(-[a-z0-9]{3,8})*$/i.test(asked)) outOfRange(`numberingSystem must not be ${stringify(asked.slice(0, 60))}`);
  for (const name of [asked?.toLowerCase(), wanted.nu]) if (name && host.isSystem(name)) return name;
  return host.system(locale);
}

/** What the resolved options of a service show: without those that are undefined. */
function shown(object) {
  const out = {}, keys = ownKeys(object);
  for (let i = 0; i < keys.length; i++) if (object[keys[i]] !== undefined) out[keys[i]] = object[keys[i]];
  return out;
}

/** Parts of the host's, [type, value, type, value ...], as objects. */
function partsOf(flat, more = undefined) {
  const parts = [];
  for (let i = 0; i < flat.length; i += 2) parts.push({ type: flat[i], value: flat[i + 1], ...more });
  return parts;
}

function textOf(flat) {
  let text = "";
  for (let i = 1; i < flat.length; i += 2) text += flat[i];
  return text;
}

/** Makes a class a service of Intl: its name and tag, supportedLocalesOf, and whether it may be called without new. */
function service(Class, name, callable = false) {
  const Service = callable ? function (locales, options) { return construct(Class, [locales, options], new.target ?? Service); } : Class;
  if (callable) {
    Service.prototype = Class.prototype;
    defineProperty(Service, "prototype", { writable: false, enumerable: false });
    defineProperty(Class.prototype, "constructor", { value: Service, writable: true, enumerable: false, configurable: true });
  }
  defineProperty(Service, "name", { value: name, configurable: true });
  defineProperty(Service, "length", { value: 0, configurable: true });
  if (name !== "Locale") defineProperty(Service, "supportedLocalesOf", { value: supportedLocalesOf, writable: true, enumerable: false, configurable: true });
  defineProperty(Class.prototype, Symbol.toStringTag, { value: `Intl.${name}`, writable: false, enumerable: false, configurable: true });
  return Service;
}
