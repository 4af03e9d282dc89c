// Intl.NumberFormat (ECMA-402 15 and 16) and Intl.PluralRules (17).

/** The options for digits (ECMA-402 16.1.2). */
function digitOptions(options, least, most, notation) {
  const minimumIntegerDigits = numberOption(options, "minimumIntegerDigits", 1, 21, 1);
  let { minimumFractionDigits: minFraction, maximumFractionDigits: maxFraction, minimumSignificantDigits: minDigits, maximumSignificantDigits: maxDigits } = options;
  const roundingIncrement = numberOption(options, "roundingIncrement", 1, 5000, 1);
  if (![1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000].includes(roundingIncrement)) outOfRange(`roundingIncrement must not be ${roundingIncrement}`);
  const roundingMode = option(options, "roundingMode", ["ceil", "floor", "expand", "trunc", "halfCeil", "halfFloor", "halfExpand", "halfTrunc", "halfEven"], "halfExpand");
  const roundingPriority = option(options, "roundingPriority", ["auto", "morePrecision", "lessPrecision"], "auto");
  const trailingZeroDisplay = option(options, "trailingZeroDisplay", ["auto", "stripIfInteger"], "auto");
  if (roundingIncrement !== 1) most = least;
  const bySignificant = minDigits !== undefined || maxDigits !== undefined, byFraction = minFraction !== undefined || maxFraction !== undefined;
  const needSignificant = roundingPriority !== "auto" || bySignificant;
  const needFraction = roundingPriority !== "auto" || !(bySignificant || (!byFraction && notation === "compact"));
  const out = { minimumIntegerDigits };
  if (needSignificant) {
    out.minimumSignificantDigits = numberIn(minDigits, "minimumSignificantDigits", 1, 21, 1);
    out.maximumSignificantDigits = numberIn(maxDigits, "maximumSignificantDigits", out.minimumSignificantDigits, 21, 21);
  }
  if (needFraction) {
    minFraction = numberIn(minFraction, "minimumFractionDigits", 0, 100, undefined);
    maxFraction = numberIn(maxFraction, "maximumFractionDigits", 0, 100, undefined);
    if (minFraction === undefined) minFraction = Math.min(least, maxFraction ?? least);
    else if (maxFraction === undefined) maxFraction = Math.max(most, minFraction);
    else if (minFraction > maxFraction) outOfRange("minimumFractionDigits is greater than maximumFractionDigits");
    out.minimumFractionDigits = minFraction;
    out.maximumFractionDigits = maxFraction ?? Math.max(most, minFraction);
  }
  let rounding = roundingPriority === "morePrecision" ? "more" : roundingPriority === "lessPrecision" ? "less" : bySignificant ? "significant" : "fraction";
  let shownPriority = roundingPriority;
  if (!needSignificant && !needFraction) {
    Object.assign(out, { minimumFractionDigits: 0, maximumFractionDigits: 0, minimumSignificantDigits: 1, maximumSignificantDigits: 2 });
    rounding = "more";
    shownPriority = "morePrecision";
  }
  if (roundingIncrement !== 1) {
    if (rounding !== "fraction") fail("roundingIncrement goes with fraction digits only");
    if (out.minimumFractionDigits !== out.maximumFractionDigits) outOfRange("roundingIncrement needs equal minimumFractionDigits and maximumFractionDigits");
  }
  return { digits: out, rounding, after: { roundingMode, roundingIncrement, trailingZeroDisplay, roundingPriority: shownPriority } };
}

function unitOptions(options) {
  const style = option(options, "style", ["decimal", "percent", "currency", "unit"], "decimal");
  let currency = option(options, "currency"), unit = option(options, "unit");
  if (currency !== undefined && !/^[a-z]{3}$/i.test(currency)) outOfRange(`currency is a code such as "EUR", not ${stringify(currency.slice(0, 60))}`);
  if (currency === undefined && style === "currency") fail("the style \"currency\" needs the option currency, such as \"EUR\"");
  const currencyDisplay = option(options, "currencyDisplay", ["code", "symbol", "narrowSymbol", "name"], "symbol");
  const currencySign = option(options, "currencySign", ["standard", "accounting"], "standard");
  if (unit !== undefined && !host.isUnit(unit)) outOfRange(`unit must not be ${stringify(unit.slice(0, 60))}: units are "kilometer", "byte", "liter-per-kilometer" ...`);
  if (unit === undefined && style === "unit") fail("the style \"unit\" needs the option unit, such as \"kilometer\"");
  const unitDisplay = option(options, "unitDisplay", ["short", "narrow", "long"], "short");
  if (style === "currency") return { style, currency: currency.toUpperCase(), currencyDisplay, currencySign };
  return style === "unit" ? { style, unit, unitDisplay } : { style };
}

function groupingOption(options, notation) {
  const standard = notation === "compact" ? "min2" : "auto", value = options.useGrouping;
  if (value === undefined || value === "true" || value === "false") return standard;
  if (value === true) return "always";
  if (!value) return false;
  return option(options, "useGrouping", ["min2", "auto", "always"]);
}

/** A number or BigInt as it is; a text as the exact number that it stands for. */
function numeric(value) {
  if (isObject(value)) value = value[Symbol.toPrimitive]?.("number") ?? (isObject(value.valueOf()) ? `${value}` : value.valueOf());
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return value.length > 10_000 ? outOfRange("the number is longer than 10,000 characters") : value.trim() === "" ? "0" : value;
  return String(Number(value));
}

class NumberFormat {
  #resolved; #handle; #format;
  constructor(locales = undefined, options = undefined) {
    const { locale, wanted } = resolveLocale(locales), given = options === undefined ? Object.create(null) : options === null ? fail("null is no options") : Object(options);
    option(given, "localeMatcher", ["lookup", "best fit"], "best fit");
    const system = numberingSystem(given, wanted, locale), unit = unitOptions(given);
    const notation = option(given, "notation", ["standard", "scientific", "engineering", "compact"], "standard");
    const places = unit.style === "currency" && notation === "standard" ? host.currencyDigits(unit.currency) : 0;
    const most = unit.style === "currency" && notation === "standard" ? places : unit.style === "percent" ? 0 : 3;
    const { digits, rounding, after } = digitOptions(given, places, unit.style === "currency" && notation !== "standard" ? 0 : most, notation);
    const compactDisplay = option(given, "compactDisplay", ["short", "long"], "short"), useGrouping = groupingOption(given, notation);
    const signDisplay = option(given, "signDisplay", ["auto", "never", "always", "exceptZero", "negative"], "auto");
    this.#resolved = {
      locale: withExtension(locale, { nu: system === wanted.nu && system }), numberingSystem: system, ...unit, ...digits, useGrouping, notation,
      compactDisplay: notation === "compact" ? compactDisplay : undefined, signDisplay, ...after,
    };
    this.#handle = host.numberFormat(locale, stringify({ ...this.#resolved, rounding, useGrouping: String(useGrouping) }));
  }
  get format() { return this.#format ??= (value) => host.number(this.#handle, numeric(value)); }
  formatToParts(value) { return partsOf(host.numberParts(this.#handle, numeric(value))); }
  formatRange(start, end) { return this.formatRangeToParts(start, end).map((part) => part.value).join(""); }
  formatRangeToParts(start, end) {
    if (start === undefined || end === undefined) fail("a range needs two numbers");
    const first = numeric(start), last = numeric(end);
    if (Number.isNaN(Number(first)) || Number.isNaN(Number(last))) outOfRange("a range needs two numbers");
    const from = host.numberParts(this.#handle, first), to = host.numberParts(this.#handle, last);
    if (textOf(from) === textOf(to)) {
      return [{ type: "approximatelySign", value: host.approximately(this.#resolved.locale), source: "shared" }, ...partsOf(from, { source: "shared" })];
    }
    const between = host.between(this.#resolved.locale), dressed = from.some((type, i) => i % 2 === 0 && /^(currency|unit|percentSign|compact)$/.test(type));
    return [...partsOf(from, { source: "startRange" }), { type: "literal", value: dressed ? ` ${between.trim()} ` : between, source: "shared" }, ...partsOf(to, { source: "endRange" })];
  }
  resolvedOptions() { return shown(this.#resolved); }
}

class PluralRules {
  #resolved; #handle; #ordinal;
  constructor(locales = undefined, options = undefined) {
    const { locale } = resolveLocale(locales), given = optionsOf(options);
    option(given, "localeMatcher", ["lookup", "best fit"], "best fit");
    const type = option(given, "type", ["cardinal", "ordinal"], "cardinal"), { digits, rounding, after } = digitOptions(given, 0, 3, "standard");
    this.#ordinal = type === "ordinal";
    this.#resolved = { locale, type, ...digits, pluralCategories: undefined, ...after };
    this.#handle = host.numberFormat(locale, stringify({ ...this.#resolved, rounding, numberingSystem: "latn", style: "decimal", notation: "standard", useGrouping: "false", signDisplay: "auto" }));
  }
  select(value) { return host.plural(this.#handle, numeric(Math.abs(Number(value))), this.#ordinal); }
  selectRange(start, end) {
    if (start === undefined || end === undefined) fail("a range needs two numbers");
    if (Number.isNaN(Number(start)) || Number.isNaN(Number(end))) outOfRange("a range needs two numbers");
    return this.select(end);
  }
  resolvedOptions() { return shown({ ...this.#resolved, pluralCategories: host.pluralForms(this.#resolved.locale, this.#ordinal) }); }
}
