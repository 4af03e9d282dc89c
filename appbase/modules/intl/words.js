// Intl.RelativeTimeFormat (ECMA-402 18), ListFormat (14), Collator (10), Segmenter (19) and Locale (15).

const timeUnits = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

class RelativeTimeFormat {
  #resolved; #numbers;
  constructor(locales = undefined, options = undefined) {
    const { locale, wanted } = resolveLocale(locales), given = optionsOf(options);
    option(given, "localeMatcher", ["lookup", "best fit"], "best fit");
    const style = option(given, "style", ["long", "short", "narrow"], "long"), numeric_ = option(given, "numeric", ["always", "auto"], "always");
    this.#resolved = { locale, style, numeric: numeric_, numberingSystem: numberingSystem(given, wanted, locale) };
    this.#numbers = host.numberFormat(locale, stringify({ numberingSystem: this.#resolved.numberingSystem, style: "decimal", notation: "standard", useGrouping: "auto", signDisplay: "auto",
      rounding: "fraction", minimumIntegerDigits: 1, minimumFractionDigits: 0, maximumFractionDigits: 3, roundingIncrement: 1, roundingMode: "halfExpand" }));
  }
  #parts(value, unit) {
    const n = Number(value), one = String(unit).replace(/s$/, "");
    if (!Number.isFinite(n)) outOfRange("the value of a relative time must be finite");
    if (!timeUnits.includes(one)) outOfRange(`the unit of a relative time is one of ${timeUnits.join(", ")}, not ${stringify(String(unit).slice(0, 60))}`);
    const { locale, style, numeric: numeric_ } = this.#resolved;
    return { flat: host.relative(locale, n, one, style, numeric_ === "auto", this.#numbers), one };
  }
  format(value, unit) { return textOf(this.#parts(value, unit).flat); }
  formatToParts(value, unit) {
    const { flat, one } = this.#parts(value, unit);
    return partsOf(flat).map((part) => part.type === "literal" ? part : { ...part, unit: one });
  }
  resolvedOptions() { return { ...this.#resolved }; }
}

class ListFormat {
  #resolved; #kind;
  constructor(locales = undefined, options = undefined) {
    const { locale } = resolveLocale(locales), given = optionsOf(options);
    option(given, "localeMatcher", ["lookup", "best fit"], "best fit");
    const type = option(given, "type", ["conjunction", "disjunction", "unit"], "conjunction"), style = option(given, "style", ["long", "short", "narrow"], "long");
    this.#resolved = { locale, type, style };
    this.#kind = { conjunction: "standard", disjunction: "or", unit: "unit" }[type] + (style === "long" ? "" : `-${style}`);
  }
  #parts(list) {
    const items = [];
    for (const item of list ?? []) {
      if (typeof item !== "string") fail("the items of a list are texts");
      items.push(item);
    }
    return host.list(this.#resolved.locale, items, this.#kind);
  }
  format(list) { return textOf(this.#parts(list)); }
  formatToParts(list) { return partsOf(this.#parts(list)); }
  resolvedOptions() { return { ...this.#resolved }; }
}

class Collator {
  #resolved; #handle; #compare;
  constructor(locales = undefined, options = undefined) {
    const { locale, wanted } = resolveLocale(locales), given = optionsOf(options ?? undefined);
    const usage = option(given, "usage", ["sort", "search"], "sort");
    option(given, "localeMatcher", ["lookup", "best fit"], "best fit");
    const collation = option(given, "collation"), numeric_ = booleanOption(given, "numeric", "kn" in wanted && wanted.kn !== "false");
    const caseFirst = option(given, "caseFirst", ["upper", "lower", "false"], ["upper", "lower"].includes(wanted.kf) ? wanted.kf : "false");
    const sensitivity = option(given, "sensitivity", ["base", "accent", "case", "variant"], "variant");
    const ignorePunctuation = booleanOption(given, "ignorePunctuation", false);
    void collation;
    this.#resolved = { locale, usage, sensitivity, ignorePunctuation, collation: "default", numeric: numeric_, caseFirst };
    this.#handle = host.collator(locale, stringify(this.#resolved));
  }
  get compare() { return this.#compare ??= (a, b) => host.compare(this.#handle, String(a), String(b)); }
  resolvedOptions() { return { ...this.#resolved }; }
}

class Segments {
  #text; #found; #granularity;
  constructor(token, text, granularity) {
    if (token !== Segments) fail("segments are made by an Intl.Segmenter");
    this.#text = text;
    this.#granularity = granularity;
  }
  #all() {
    return this.#found ??= host.segments(this.#text, this.#granularity);
  }
  #at(i, from) {
    const found = this.#all(), word = found[i] < 0, length = Math.abs(found[i]);
    const segment = { segment: this.#text.slice(from, from + length), index: from, input: this.#text };
    return this.#granularity === "word" ? { ...segment, isWordLike: word } : segment;
  }
  containing(index = 0) {
    const at = Math.trunc(Number(index)) || 0;
    if (at < 0 || at >= this.#text.length) return undefined;
    const found = this.#all();
    for (let i = 0, from = 0; ; from += Math.abs(found[i]), i++) if (at < from + Math.abs(found[i])) return this.#at(i, from);
  }
  *[Symbol.iterator]() {
    const { length } = this.#all();
    for (let i = 0, from = 0; i < length; i++) {
      const segment = this.#at(i, from);
      yield segment;
      from += segment.segment.length;
    }
  }
}

class Segmenter {
  #resolved;
  constructor(locales = undefined, options = undefined) {
    const { locale } = resolveLocale(locales), given = optionsOf(options);
    option(given, "localeMatcher", ["lookup", "best fit"], "best fit");
    this.#resolved = { locale, granularity: option(given, "granularity", ["grapheme", "word", "sentence"], "grapheme") };
  }
  segment(text) { return new Segments(Segments, String(text), this.#resolved.granularity); }
  resolvedOptions() { return { ...this.#resolved }; }
}

class Locale {
  #tag; #parts; #found;
  constructor(tag, options = undefined) {
    if (typeof tag !== "string" && !isObject(tag)) fail("a locale is a text such as \"de-CH\"");
    const canonical = canonicalTag(tag instanceof Locale ? tag.toString() : String(tag)), given = optionsOf(options), { base, found } = extensions(canonical);
    const parts = host.subtags(base), names = { language: 0, script: 1, region: 2 };
    for (const name of Object.keys(names)) parts[names[name]] = option(given, name) ?? parts[names[name]];
    for (const [name, key] of [["calendar", "ca"], ["collation", "co"], ["hourCycle", "hc"], ["caseFirst", "kf"], ["numeric", "kn"], ["numberingSystem", "nu"]]) {
      const value = option(given, name);
      if (value !== undefined) found[key] = name === "numeric" && value === "true" ? "" : value;
    }
    const keys = Object.keys(found).sort(), plain = parts.filter((part) => part !== "").join("-");
    this.#tag = canonicalTag(keys.length ? `${plain}-u-${keys.map((key) => found[key] === "" ? key : `${key}-${found[key]}`).join("-")}` : plain);
    this.#parts = host.subtags(extensions(this.#tag).base);
    this.#found = found;
  }
  get baseName() { return extensions(this.#tag).base; }
  get language() { return this.#parts[0]; }
  get script() { return this.#parts[1] || undefined; }
  get region() { return this.#parts[2] || undefined; }
  get calendar() { return this.#found.ca; }
  get collation() { return this.#found.co; }
  get hourCycle() { return this.#found.hc; }
  get caseFirst() { return this.#found.kf; }
  get numeric() { return "kn" in this.#found && this.#found.kn !== "false"; }
  get numberingSystem() { return this.#found.nu; }
  toString() { return this.#tag; }
}
