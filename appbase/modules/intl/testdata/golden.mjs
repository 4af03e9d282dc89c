// Writes golden.json: expressions and what they come to in Node.js 20 (CLDR 48). Run it as `node golden.mjs`.
import { writeFileSync } from "node:fs";

const LOCALES = ["en-US", "en-GB", "de", "fr", "es", "it", "pt-BR", "ja", "zh", "ko", "ru", "pl", "tr", "ar", "sv", "nl"];
const MORE = ["de-AT", "de-CH", "fr-CA", "es-MX", "pt-PT", "sr", "en-IN", "nb", "da", "fi", "cs", "he", "hi", "uk", "ar-EG"];
const expressions = [];
const add = (text) => expressions.push(text);

const numbers = ["0", "-0", "1", "-1234.5", "1234567.891", "0.000123", "1e21", "NaN", "Infinity", "12345678901234567890n"];
const amounts = ["0", "1", "-1234.5", "1234567.891"];
const T = "Date.UTC(2026, 10, 21, 13, 5, 9, 42)", EARLY = "Date.UTC(2026, 0, 3, 0, 30)", NOON = "Date.UTC(2026, 6, 1, 12, 0)";
const dates = [
  {}, { dateStyle: "full" }, { dateStyle: "long" }, { dateStyle: "medium" }, { dateStyle: "short" },
  { timeStyle: "full" }, { timeStyle: "long" }, { timeStyle: "medium" }, { timeStyle: "short" },
  { dateStyle: "full", timeStyle: "full" }, { dateStyle: "long", timeStyle: "short" }, { dateStyle: "medium", timeStyle: "medium" }, { dateStyle: "short", timeStyle: "short" },
  { year: "numeric", month: "long", day: "numeric" }, { year: "numeric", month: "short", day: "numeric" }, { year: "numeric", month: "2-digit", day: "2-digit" },
  { weekday: "long", year: "numeric", month: "long", day: "numeric" }, { weekday: "short", month: "short", day: "numeric" }, { weekday: "long" }, { weekday: "narrow" },
  { month: "long" }, { month: "short", year: "numeric" }, { month: "long", year: "numeric" }, { month: "numeric", day: "numeric" }, { year: "numeric" }, { year: "2-digit", month: "numeric" }, { day: "numeric" },
  { hour: "numeric", minute: "2-digit" }, { hour: "2-digit", minute: "2-digit", second: "2-digit" }, { hour: "numeric" }, { hour: "numeric", minute: "2-digit", hour12: false },
  { hour: "numeric", minute: "2-digit", hour12: true }, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, { minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
  { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
  { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" },
  { year: "numeric", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  { hour: "numeric", timeZoneName: "long" }, { era: "short", year: "numeric" }, { hour: "numeric", minute: "2-digit", timeZoneName: "shortOffset" },
  { hour: "numeric", dayPeriod: "long", hour12: true }, { timeStyle: "short", hour12: true }, { timeStyle: "short", hour12: false },
];
const show = (value) => JSON.stringify(value).replace(/"(\w+)":/g, "$1:");

for (const locale of [...LOCALES, ...MORE]) {
  const l = JSON.stringify(locale), main = LOCALES.includes(locale);
  for (const n of numbers) add(`new Intl.NumberFormat(${l}).format(${n})`);
  for (const o of [
    { style: "percent" }, { style: "percent", maximumFractionDigits: 1 }, { minimumFractionDigits: 2, maximumFractionDigits: 2 }, { maximumSignificantDigits: 3 },
    { style: "currency", currency: "EUR" }, { style: "currency", currency: "USD" }, { style: "currency", currency: "JPY" }, { style: "currency", currency: "CHF", currencyDisplay: "code" },
    { style: "currency", currency: "USD", currencyDisplay: "name" }, { style: "currency", currency: "USD", currencySign: "accounting" },
    { notation: "compact" }, { notation: "compact", compactDisplay: "long" }, { notation: "compact", style: "currency", currency: "USD" },
    { notation: "scientific" }, { notation: "engineering" }, { useGrouping: false }, { signDisplay: "always" },
    ...(main ? ["kilometer", "liter", "celsius", "megabyte", "kilometer-per-hour", "day", "percent", "kilobyte-per-second"].flatMap((unit) => ["short", "long", "narrow"].map((unitDisplay) => ({ style: "unit", unit, unitDisplay }))) : []),
  ]) for (const n of o.style === "unit" ? ["1", "1234.5"] : amounts) add(`new Intl.NumberFormat(${l}, ${show(o)}).format(${n})`);
  for (const n of [999, 9999, 99999, 999999, 1e6, 1.5e6, 12345678, 1e9, 2.5e12, 1e15]) add(`new Intl.NumberFormat(${l}, { notation: "compact" }).format(${n})`);
  for (const o of dates) {
    add(`new Intl.DateTimeFormat(${l}, ${show({ timeZone: "Europe/Berlin", ...o })}).format(${T})`);
    if (main) add(`new Intl.DateTimeFormat(${l}, ${show({ timeZone: "America/New_York", ...o })}).format(${NOON})`);
  }
  add(`new Date(${EARLY}).toLocaleString(${l}, { timeZone: "UTC" })`);
  add(`new Date(${EARLY}).toLocaleDateString(${l}, { timeZone: "Asia/Tokyo" })`);
  add(`new Date(${EARLY}).toLocaleTimeString(${l}, { timeZone: "Asia/Kolkata" })`);
  for (const value of ["1", "-1", "2", "-5", "0", "1.5", "100000"]) {
    for (const unit of main ? ["day", "month", "hour", "second", "year", "week"] : ["day"]) {
      add(`new Intl.RelativeTimeFormat(${l}, { numeric: "auto" }).format(${value}, "${unit}")`);
      add(`new Intl.RelativeTimeFormat(${l}, { style: "short" }).format(${value}, "${unit}")`);
    }
  }
  for (const o of [{}, { type: "disjunction" }, { type: "unit", style: "narrow" }, { style: "short" }]) {
    for (const list of [[], ["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]]) add(`new Intl.ListFormat(${l}, ${show(o)}).format(${JSON.stringify(list)})`);
  }
  for (const n of [0, 1, 2, 3, 5, 11, 21, 100, 1.5]) {
    add(`new Intl.PluralRules(${l}).select(${n})`);
    add(`new Intl.PluralRules(${l}, { type: "ordinal" }).select(${n})`);
  }
  add(`JSON.stringify(new Intl.NumberFormat(${l}, { style: "currency", currency: "EUR" }).formatToParts(-1234.5))`);
  add(`JSON.stringify(new Intl.DateTimeFormat(${l}, { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).formatToParts(${T}))`);
  add(`JSON.stringify(new Intl.NumberFormat(${l}).resolvedOptions())`);
  add(`JSON.stringify(new Intl.DateTimeFormat(${l}, { timeZone: "UTC", hour: "numeric", minute: "2-digit" }).resolvedOptions())`);
  add(`JSON.stringify(new Intl.PluralRules(${l}).resolvedOptions().pluralCategories.toSorted())`);
}
for (const words of [["b", "a", "B", "A", "ä", "z", "Z", "ö"], ["10", "9", "a10", "a9"], ["résumé", "resume", "Resume", "Résumé"]]) {
  for (const locale of ["en", "de", "sv"]) add(`${JSON.stringify(words)}.sort(new Intl.Collator("${locale}").compare).join()`);
  add(`${JSON.stringify(words)}.sort(new Intl.Collator("en", { numeric: true }).compare).join()`);
}
for (const text of [
  `["a".localeCompare("b"), "b".localeCompare("a"), "a".localeCompare("a"), "a".localeCompare("A"), "ä".localeCompare("z", "de"), "ä".localeCompare("z", "sv")].join()`,
  `["base", "accent", "case", "variant"].map((sensitivity) => ["a", "A", "á"].map((x) => "a".localeCompare(x, "en", { sensitivity })).join("")).join()`,
  `["i".toLocaleUpperCase("tr"), "I".toLocaleLowerCase("tr"), "ß".toLocaleUpperCase("de"), "i".toLocaleUpperCase()].join()`,
  `[1234.5, new Date(0).getTime(), null, "x"].toLocaleString("de")`,
  `[..."x"].toLocaleString()`,
  `Intl.getCanonicalLocales(["EN-us", "zh-hant-tw", "de-DE-u-co-phonebk", "iw", "sr-latn"]).join()`,
  `Intl.NumberFormat.supportedLocalesOf(["de-CH", "xx", "en-GB-oxendict", "pt"]).join()`,
  `[...new Intl.Segmenter("en").segment("a👨‍👩‍👧é🇩🇪")].map((s) => s.segment).join("|")`,
  `[...new Intl.Segmenter("en", { granularity: "word" }).segment("Hello, world 42!")].map((s) => s.segment + (s.isWordLike ? "+" : "-")).join("|")`,
  `[...new Intl.Segmenter("en", { granularity: "sentence" }).segment("One. Two? Three")].map((s) => s.index).join()`,
  `JSON.stringify(new Intl.Segmenter("en", { granularity: "word" }).segment("ab cd").containing(3))`,
  `new Intl.NumberFormat("de-DE-u-nu-arab").format(12.5)`,
  `new Intl.NumberFormat("en", { numberingSystem: "deva" }).format(12.5)`,
  `["ceil", "floor", "expand", "trunc", "halfCeil", "halfFloor", "halfExpand", "halfTrunc", "halfEven"].map((roundingMode) => [1.5, 2.5, -1.5, 1.1].map((n) => new Intl.NumberFormat("en", { roundingMode, maximumFractionDigits: 0 }).format(n)).join("/")).join()`,
  `[1.13, 1.12, 1.1].map((n) => new Intl.NumberFormat("en", { style: "currency", currency: "CHF", roundingIncrement: 5 }).format(n)).join()`,
  `[1, 1.5].map((n) => new Intl.NumberFormat("en", { minimumFractionDigits: 2, trailingZeroDisplay: "stripIfInteger" }).format(n)).join()`,
  `["morePrecision", "lessPrecision"].map((roundingPriority) => new Intl.NumberFormat("en", { roundingPriority, maximumFractionDigits: 2, maximumSignificantDigits: 3 }).format(12.3456)).join()`,
  `["auto", "always", "never", "exceptZero", "negative"].map((signDisplay) => [-1, -0, 0, 1, -0.4].map((n) => new Intl.NumberFormat("en", { signDisplay, maximumFractionDigits: 0 }).format(n)).join("/")).join()`,
  `new Intl.NumberFormat("en").format("123456789012345678901234567890.123")`,
  `new Intl.NumberFormat("en", { minimumIntegerDigits: 5 }).format(42)`,
  `new Intl.NumberFormat("en", { style: "currency", currency: "USD" }).formatRange(3, 5)`,
  `new Intl.NumberFormat("en").formatRange(3, 3)`,
  `Intl.NumberFormat("en").format(1) + Intl.DateTimeFormat("en", { timeZone: "UTC" }).format(0)`,
  `[() => new Intl.NumberFormat("en", { style: "currency" }), () => new Intl.NumberFormat("en", { maximumFractionDigits: 101 }), () => new Intl.NumberFormat("e"), () => new Intl.DateTimeFormat("en", { timeZone: "Nowhere/X" }), () => new Intl.DateTimeFormat("en").format(NaN), () => new Intl.DateTimeFormat("en", { dateStyle: "long", year: "numeric" }), () => Intl.PluralRules("en"), () => new Intl.NumberFormat(null), () => new Intl.RelativeTimeFormat("en").format(1, "parsec"), () => new Intl.NumberFormat("en", { unit: "parsec", style: "unit" })].map((f) => { try { f(); return "no error" } catch (e) { return e.name } }).join()`,
  `[Intl.NumberFormat.length, Intl.NumberFormat.name, String(Intl), Object.prototype.toString.call(new Intl.NumberFormat()), Number.prototype.toLocaleString.length, "".localeCompare.length, Object.keys(Intl).length].join()`,
  `["us/pacific", "utc", "Asia/Kolkata", "europe/berlin"].map((timeZone) => new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone).join()`,
  `["xx", "tlh", "en-u-nu-arab", "de-XX"].map((l) => new Intl.NumberFormat(l).resolvedOptions().locale).join()`,
  `["padre e hijo", "y"].map((w) => new Intl.ListFormat("es").format([w, "iglesia"])).join()`,
  `new Intl.ListFormat("es", { type: "disjunction" }).format(["siete", "ocho"])`,
  `new Date(NaN).toLocaleString()`,
  `new Date(Date.UTC(-43, 2, 15)).toLocaleDateString("en", { timeZone: "UTC", era: "short" })`,
  `JSON.stringify(new Intl.RelativeTimeFormat("en").formatToParts(-1234, "days"))`,
  `JSON.stringify(new Intl.ListFormat("en").formatToParts(["a", "b", "c"]))`,
  `new Intl.Locale("zh-hant-tw", { numberingSystem: "latn" }).toString() + new Intl.Locale("de-CH").region`,
]) add(text);

const golden = expressions.map((text) => { try { return [text, String((0, eval)(text))]; } catch (e) { return [text, `${e.name}`]; } });
writeFileSync(new URL("golden.json", import.meta.url), "[\n" + golden.map((pair) => JSON.stringify(pair)).join(",\n") + "\n]\n");
console.log(golden.length, "expressions");
