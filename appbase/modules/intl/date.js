// Intl.DateTimeFormat (ECMA-402 11). The calendar is the Gregorian.

const dateParts = ["weekday", "year", "month", "day"], timeParts = ["dayPeriod", "hour", "minute", "second", "fractionalSecondDigits"];
const words = ["narrow", "short", "long"], figures = ["2-digit", "numeric"], styles = ["full", "long", "medium", "short"];
const components = {
  weekday: words, era: words, year: figures, month: [...figures, ...words], day: figures, dayPeriod: words, hour: figures, minute: figures, second: figures,
  timeZoneName: ["short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"],
};
const { getTime } = Date.prototype;

/** The components that options ask for, or those that are meant when they ask for none. required and standard are "date", "time", "any" or "all". */
function dateComponents(given, required, standard) {
  const found = {};
  for (const name of ["weekday", "era", "year", "month", "day", "dayPeriod", "hour", "minute", "second"]) found[name] = option(given, name, components[name]);
  found.fractionalSecondDigits = numberOption(given, "fractionalSecondDigits", 1, 3, undefined);
  found.timeZoneName = option(given, "timeZoneName", components.timeZoneName);
  const dateStyle = option(given, "dateStyle", styles), timeStyle = option(given, "timeStyle", styles);
  if (dateStyle !== undefined || timeStyle !== undefined) {
    const explicit = Object.keys(found).find((name) => found[name] !== undefined);
    if (explicit) fail(`${explicit} does not go together with dateStyle or timeStyle`);
    if (required === "date" && timeStyle !== undefined) fail("timeStyle is not for dates alone");
    if (required === "time" && dateStyle !== undefined) fail("dateStyle is not for times alone");
    return { found, dateStyle, timeStyle };
  }
  const asks = (names) => names.some((name) => found[name] !== undefined);
  const some = ((required === "date" || required === "any") && asks(dateParts)) || ((required === "time" || required === "any") && asks(timeParts));
  if (!some && (standard === "date" || standard === "all")) found.year = found.month = found.day = "numeric";
  if (!some && (standard === "time" || standard === "all")) found.hour = found.minute = found.second = "numeric";
  return { found };
}

/** The hour cycle that is asked for; undefined for that of the locale. */
function hourCycleOf(given, wanted, locale) {
  const hour12 = booleanOption(given, "hour12"), cycle = option(given, "hourCycle", ["h11", "h12", "h23", "h24"]);
  if (hour12 !== undefined) return host.hourCycle(locale, hour12);
  return cycle ?? (["h11", "h12", "h23", "h24"].includes(wanted.hc) ? wanted.hc : undefined);
}

const timeValue = (date) => {
  const ms = date === undefined ? Date.now() : date instanceof Date ? apply(getTime, date, []) : Number(date);
  return Math.abs(ms) <= 8.64e15 ? Math.trunc(ms) : outOfRange("the time is no valid one");
};

let makeDates;

class DateTimeFormat {
  #resolved; #handle; #format;
  static { makeDates = (locales, options, required, standard) => new DateTimeFormat(locales, options, required, standard); }
  constructor(locales = undefined, options = undefined, required = "any", standard = "date") {
    const { locale, wanted } = resolveLocale(locales), given = options === undefined ? Object.create(null) : options === null ? fail("null is no options") : Object(options);
    option(given, "localeMatcher", ["lookup", "best fit"], "best fit");
    option(given, "calendar");
    option(given, "formatMatcher", ["basic", "best fit"], "best fit");
    const system = numberingSystem(given, wanted, locale), hourCycle = hourCycleOf(given, wanted, locale);
    const zone = given.timeZone === undefined ? host.localZone() : host.zone(String(given.timeZone));
    if (zone === "") outOfRange(`${stringify(String(given.timeZone).slice(0, 60))} is no time zone: zones are "UTC", "Europe/Berlin", "+02:00" ...`);
    const { found, dateStyle, timeStyle } = dateComponents(given, required, standard);
    const options_ = { ...found, dateStyle, timeStyle, numberingSystem: system, timeZone: zone, hourCycle };
    this.#handle = host.dateFormat(locale, stringify(options_));
    const cycle = host.cycle(this.#handle), hours = cycle === "" ? {} : { hourCycle: cycle, hour12: cycle === "h11" || cycle === "h12" };
    this.#resolved = { locale: withExtension(locale, { hc: cycle === wanted.hc && cycle, nu: system === wanted.nu && system }), calendar: "gregory", numberingSystem: system, timeZone: zone, ...hours, ...(dateStyle || timeStyle ? {} : host.resolved(this.#handle)), dateStyle, timeStyle };
  }
  get format() { return this.#format ??= (date = undefined) => host.date(this.#handle, timeValue(date)); }
  formatToParts(date = undefined) { return partsOf(host.dateParts(this.#handle, timeValue(date))); }
  formatRange(start, end) { return this.formatRangeToParts(start, end).map((part) => part.value).join(""); }
  formatRangeToParts(start, end) {
    if (start === undefined || end === undefined) fail("a range needs two times");
    const from = host.dateParts(this.#handle, timeValue(start)), to = host.dateParts(this.#handle, timeValue(end));
    if (textOf(from) === textOf(to)) return partsOf(from, { source: "shared" });
    return [...partsOf(from, { source: "startRange" }), { type: "literal", value: host.dateBetween(this.#handle), source: "shared" }, ...partsOf(to, { source: "endRange" })];
  }
  resolvedOptions() { return shown(this.#resolved); }
}
