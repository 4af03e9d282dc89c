// The namespace Intl, and the methods of other classes that take locales (ECMA-402 20).

const formats = new Map();

/** A formatter of a method that is called again and again with the same arguments; at most 64 are kept. */
function kept(kind, locales, options, make) {
  if (isObject(locales) || (isObject(options) && Object.getPrototypeOf(options) !== Object.prototype)) return make();
  const key = `${kind} ${typeof locales} ${String(locales)} ${options === undefined ? "" : stringify(options, (_, v) => v === undefined ? "undefined" : v)}`;
  let made = formats.get(key);
  if (!made) {
    made = make();
    if (formats.size >= 64) formats.clear();
    formats.set(key, made);
  }
  return made;
}

const numbersOf = (locales, options) => kept("n", locales, options, () => new NumberFormat(locales, options));
const { valueOf } = Number.prototype, { valueOf: valueOfBig } = BigInt.prototype;

function dateText(date, locales, options, required, standard) {
  const ms = apply(getTime, date, []);
  if (Number.isNaN(ms)) return "Invalid Date";
  return kept(required + standard, locales, options, () => makeDates(locales, options, required, standard)).format(ms);
}

function cased(text, locales, upper) {
  if (text === undefined || text === null) fail("the method was called on null or undefined");
  const [tag] = canonicalLocales(locales);
  if (tag === undefined || !/^(tr|az|lt|el)(-|$)/.test(tag)) return upper ? String(text).toUpperCase() : String(text).toLowerCase();
  return host.cased(String(text), tag, upper);
}

let plainCollator;
const joinPlain = Array.prototype.join;

const methods = {
  Number: { toLocaleString(locales = undefined, options = undefined) { return numbersOf(locales, options).format(apply(valueOf, this, [])); } },
  BigInt: { toLocaleString(locales = undefined, options = undefined) { return numbersOf(locales, options).format(apply(valueOfBig, this, [])); } },
  Date: {
    toLocaleString(locales = undefined, options = undefined) { return dateText(this, locales, options, "any", "all"); },
    toLocaleDateString(locales = undefined, options = undefined) { return dateText(this, locales, options, "date", "date"); },
    toLocaleTimeString(locales = undefined, options = undefined) { return dateText(this, locales, options, "time", "time"); },
  },
  String: {
    localeCompare(that, locales = undefined, options = undefined) {
      if (this === undefined || this === null) fail("localeCompare was called on null or undefined");
      if (locales === undefined && options === undefined) return (plainCollator ??= new Collator()).compare(this, that);
      return kept("c", locales, options, () => new Collator(locales, options)).compare(this, that);
    },
    toLocaleUpperCase(locales = undefined) { return cased(this, locales, true); },
    toLocaleLowerCase(locales = undefined) { return cased(this, locales, false); },
  },
  Array: {
    toLocaleString(locales = undefined, options = undefined) {
      const texts = [], length = Math.min(Math.trunc(Number(this.length)) || 0, 0xffffffff);
      if (length > 10_000_000) outOfRange("the array is too long to be written");
      for (let i = 0; i < length; i++) texts[i] = this[i] === undefined || this[i] === null ? "" : String(this[i].toLocaleString(locales, options));
      return apply(joinPlain, texts, [","]);
    },
  },
};

function supportedValuesOf(key) {
  const values = host.values(`${key}`);
  return values.length ? values : outOfRange(`there are no values of ${stringify(`${key}`.slice(0, 60))}`);
}

const Intl = Object.defineProperty({}, Symbol.toStringTag, { value: "Intl", configurable: true });
for (const [name, value] of Object.entries({
  getCanonicalLocales: (locales) => canonicalLocales(locales), supportedValuesOf,
  NumberFormat: service(NumberFormat, "NumberFormat", true), DateTimeFormat: service(DateTimeFormat, "DateTimeFormat", true), Collator: service(Collator, "Collator", true),
  PluralRules: service(PluralRules, "PluralRules"), RelativeTimeFormat: service(RelativeTimeFormat, "RelativeTimeFormat"), ListFormat: service(ListFormat, "ListFormat"),
  Segmenter: service(Segmenter, "Segmenter"), Locale: service(Locale, "Locale"),
})) defineProperty(Intl, name, { value, writable: true, enumerable: false, configurable: true });

const internals = { methods };
