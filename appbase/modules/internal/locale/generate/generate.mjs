// Writes ../data: what Intl needs of the Unicode CLDR, one file a language with its regions, and one for all. A region has what
// differs from its parent only. The result depends on the versions in package.json alone.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";

const LANGUAGES = "ar bg ca cs da de el en es et fi fr he hi hr hu id it ja ko lt lv ms nb nl no pl pt ro ru sk sl sr sv tr uk vi zh".split(" ");
const UNITS = ("acre bit byte celsius centimeter day degree fahrenheit fluid-ounce foot gallon gigabit gigabyte gram hectare hour inch kilobit " +
  "kilobyte kilogram kilometer liter megabit megabyte meter microsecond mile mile-scandinavian milliliter millimeter millisecond minute month " +
  "nanosecond ounce percent petabyte pound second stone terabit terabyte week yard year kilometer-per-hour meter-per-second mile-per-hour " +
  "mile-per-gallon liter-per-kilometer").split(" ");
const OUTDATED = new Set(["area-acre-foot", "graphics-dot"]);

const require = createRequire(import.meta.url);
const read = (path) => JSON.parse(readFileSync(require.resolve(path)));
const supplemental = (name) => read(`cldr-core/supplemental/${name}.json`).supplemental;
const { full } = read("cldr-core/availableLocales.json").availableLocales;
const parents = supplemental("parentLocales").parentLocales.parentLocale;
const { likelySubtags } = supplemental("likelySubtags");
const { timeData } = supplemental("timeData");

const pick = (object, keys) => Object.fromEntries(keys.filter((key) => object?.[key] !== undefined).map((key) => [key, object[key]]));
const rename = (object, pattern, to = "$1") =>
  Object.fromEntries(Object.entries(object ?? {}).filter(([key]) => pattern.test(key)).map(([key, value]) => [key.replace(pattern, to), value]));
const mapValues = (object, fn) => Object.fromEntries(Object.entries(object ?? {}).map(([key, value]) => [key, fn(value, key)]));

/** Patterns of compact notation by power of ten and plural form: { "3": { one: "0K" } }. */
function compact(formats) {
  const out = {};
  for (const [key, pattern] of Object.entries(formats ?? {})) {
    const match = /^(10+)-count-(\w+)$/.exec(key);
    if (match) (out[match[1].length - 1] ??= {})[match[2]] = pattern;
  }
  return out;
}

function numbers(locale) {
  const all = read(`cldr-numbers-full/main/${locale}/numbers.json`).main[locale].numbers;
  const systems = [...new Set([all.defaultNumberingSystem, "latn"])];
  const of = (system) => {
    const decimal = all[`decimalFormats-numberSystem-${system}`], currency = all[`currencyFormats-numberSystem-${system}`];
    return {
      symbols: pick(all[`symbols-numberSystem-${system}`], ["decimal", "group", "percentSign", "plusSign", "minusSign", "approximatelySign", "exponential", "infinity", "nan", "currencyDecimal", "currencyGroup"]),
      decimal: decimal.standard,
      percent: all[`percentFormats-numberSystem-${system}`].standard,
      scientific: all[`scientificFormats-numberSystem-${system}`].standard,
      currency: currency.standard, currencyAlpha: currency["standard-alphaNextToNumber"],
      accounting: currency.accounting, accountingAlpha: currency["accounting-alphaNextToNumber"],
      currencyPlural: rename(currency, /^unitPattern-count-(\w+)$/),
      short: compact(decimal.short.decimalFormat), long: compact(decimal.long.decimalFormat), shortCurrency: compact(currency.short?.standard),
      range: all[`miscPatterns-numberSystem-${system}`].range, approximately: all[`miscPatterns-numberSystem-${system}`].approximately,
    };
  };
  return { system: all.defaultNumberingSystem, minimumGrouping: Number(all.minimumGroupingDigits), systems: Object.fromEntries(systems.map((system) => [system, of(system)])) };
}

function currencies(locale) {
  const all = read(`cldr-numbers-full/main/${locale}/currencies.json`).main[locale].numbers.currencies;
  return mapValues(all, (c, code) => {
    const out = { names: { ...rename(c, /^displayName-count-(\w+)$/) } };
    if (c.displayName && out.names.other !== c.displayName) out.name = c.displayName;
    if (c.symbol && c.symbol !== code) out.symbol = c.symbol;
    if (c["symbol-alt-narrow"]) out.narrow = c["symbol-alt-narrow"];
    if (c["symbol-alt-formal"]) out.formal = c["symbol-alt-formal"];
    return out;
  });
}

function units(locale) {
  const all = read(`cldr-units-full/main/${locale}/units.json`).main[locale].units;
  return mapValues(pick(all, ["long", "short", "narrow"]), (width) => {
    const out = { per: { other: width.per.compoundUnitPattern } };
    for (const [key, unit] of Object.entries(width)) {
      const name = key.replace(/^[a-z]+-/, "");
      if (!UNITS.includes(name) || OUTDATED.has(key)) continue;
      out[name] = rename(unit, /^unitPattern-count-(\w+)$/);
      if (unit.perUnitPattern) out[name].per = unit.perUnitPattern;
    }
    return out;
  });
}

const withoutAlternatives = (object) => Object.fromEntries(Object.entries(object).filter(([key, value]) => !/-alt-|-count-/.test(key) && typeof value === "string"));

function dates(locale) {
  const c = read(`cldr-dates-full/main/${locale}/ca-gregorian.json`).main[locale].dates.calendars.gregorian;
  const { availableFormats, appendItems, intervalFormats } = c.dateTimeFormats;
  return {
    months: c.months, days: c.days, dayPeriods: mapValues(c.dayPeriods, (kind) => mapValues(kind, withoutAlternatives)),
    eras: mapValues(c.eras, (width) => pick(width, ["0", "1"])),
    date: withoutAlternatives(c.dateFormats), time: withoutAlternatives(c.timeFormats),
    glue: { ...pick(c.dateTimeFormats, ["full", "long", "medium", "short"]), ...c["dateTimeFormats-atTime"].standard },
    available: withoutAlternatives(availableFormats), append: appendItems, range: intervalFormats.intervalFormatFallback,
    hour: hourOf(locale),
  };
}

/** The hour letter of a locale's region. */
function hourOf(locale) {
  const region = (tag) => tag?.split("-").slice(1).find((part) => /^([A-Z]{2}|\d{3})$/.test(part));
  const language = locale.split("-")[0], where = region(locale) ?? region(likelySubtags[locale]) ?? region(likelySubtags[language]) ?? "001";
  return (timeData[`${language}-${where}`] ?? timeData[`${language}_${where}`] ?? timeData[where] ?? timeData["001"])._preferred;
}

function relative(locale) {
  const fields = read(`cldr-dates-full/main/${locale}/dateFields.json`).main[locale].dates.fields, out = {};
  for (const unit of ["year", "quarter", "month", "week", "day", "hour", "minute", "second"]) {
    for (const [width, suffix] of [["long", ""], ["short", "-short"], ["narrow", "-narrow"]]) {
      const field = fields[unit + suffix];
      (out[width] ??= {})[unit] = {
        name: field.displayName, words: rename(field, /^relative-type-(-?\d)$/),
        future: rename(field["relativeTime-type-future"], /^relativeTimePattern-count-(\w+)$/),
        past: rename(field["relativeTime-type-past"], /^relativeTimePattern-count-(\w+)$/),
      };
    }
  }
  return out;
}

const lists = (locale) => rename(read(`cldr-misc-full/main/${locale}/listPatterns.json`).main[locale].listPatterns, /^listPattern-type-(.+)$/);

function zones(locale) {
  const all = read(`cldr-dates-full/main/${locale}/timeZoneNames.json`).main[locale].dates.timeZoneNames;
  const own = {};
  const walk = (object, path) => {
    if (object.long || object.short) own[path] = pick(object, ["long", "short"]);
    else for (const [key, value] of Object.entries(object)) if (typeof value === "object") walk(value, path ? `${path}/${key}` : key);
  };
  walk(all.zone, "");
  return { ...pick(all, ["hourFormat", "gmtFormat", "gmtZeroFormat"]), own, meta: mapValues(all.metazone, (names) => pick(names, ["long", "short"])) };
}

const parentOf = (tag) => parents[tag] ?? (tag.includes("-") ? tag.slice(0, tag.lastIndexOf("-")) : undefined);
const whole = (locale) => ({ numbers: numbers(locale), currencies: currencies(locale), units: units(locale), dates: dates(locale), relative: relative(locale), lists: lists(locale), zones: zones(locale) });

/** What a has that b has not, or otherwise; null for what only b has. */
function difference(a, b) {
  if (b === undefined || typeof a !== "object" || typeof b !== "object") return JSON.stringify(a) === JSON.stringify(b) ? undefined : a;
  const out = {};
  for (const key of Object.keys(a)) {
    const d = difference(a[key], b[key]);
    if (d !== undefined) out[key] = d;
  }
  for (const key of Object.keys(b)) if (a[key] === undefined) out[key] = null;
  return Object.keys(out).length ? out : undefined;
}

const write = (name, data) => {
  const packed = gzipSync(JSON.stringify(data), { level: 9 });
  packed[9] = 255; // the system that packed it does not matter
  writeFileSync(new URL(`../data/${name}.json.gz`, import.meta.url), packed);
  return packed.length;
};

for (const name of readdirSync(new URL("../data", import.meta.url))) if (name.endsWith(".gz")) rmSync(new URL(`../data/${name}`, import.meta.url));
let total = 0;
for (const language of LANGUAGES) {
  const tags = full.filter((tag) => tag.split("-")[0] === language && !/-(posix|valencia)$|^sr-Cyrl-|^sr-Latn-/.test(tag));
  const data = new Map(tags.map((tag) => [tag, whole(tag)]));
  const out = {};
  for (const [tag, all] of data) {
    let parent = parentOf(tag);
    while (parent && !data.has(parent)) parent = parentOf(parent);
    out[tag] = { parent, ...(parent ? difference(all, data.get(parent)) : all) };
  }
  total += write(language, out);
}

const { timezone } = supplemental("metaZones").metaZones.metazoneInfo, metazones = {};
(function walk(object, path) {
  for (const [key, value] of Object.entries(object)) {
    const name = path ? `${path}/${key}` : key;
    if (Array.isArray(value)) {
      const now = value.map((v) => v.usesMetazone).find((use) => !use._to);
      metazones[name] = now?._mzone ?? "";
    } else walk(value, name);
  }
})(timezone, "");
const aliases = {};
for (const zone of Object.values(read("cldr-bcp47/bcp47/timezone.json").keyword.u.tz)) {
  const [first, ...others] = zone._alias?.split(" ") ?? [];
  for (const other of others) aliases[other] = first;
  if (first) metazones[first] ??= "";
}
const rules = (name) => mapValues(pick(supplemental(name)[name === "plurals" ? "plurals-type-cardinal" : "plurals-type-ordinal"], [...LANGUAGES, "pt-PT"]),
  (forms) => mapValues(rename(forms, /^pluralRule-count-(\w+)$/), (rule) => rule.replace(/\s*@.*$/, "")));
total += write("common", {
  cardinal: rules("plurals"), ordinal: rules("ordinals"),
  digits: mapValues(currencyDigits(), Number),
  systems: Object.fromEntries(Object.entries(supplemental("numberingSystems").numberingSystems).filter(([, s]) => s._type === "numeric").map(([name, s]) => [name, s._digits])),
  periods: pick(supplemental("dayPeriods").dayPeriodRuleSet, LANGUAGES),
  metazones, aliases,
  defaults: read("cldr-core/defaultContent.json").defaultContent.filter((tag) => LANGUAGES.includes(tag.split("-")[0])),
});

/** How many digits follow the point in amounts of a currency, where it is not 2. */
function currencyDigits() {
  const { fractions } = supplemental("currencyData").currencyData;
  return Object.fromEntries(Object.entries(fractions).map(([code, f]) => [code, f._digits]).filter(([code, n]) => code !== "DEFAULT" && n !== "2"));
}
console.log(`${total} bytes`);
