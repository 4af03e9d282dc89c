// The clock (High Resolution Time), marks and measures (User Timing, level 3) and who watches them (Performance Timeline).
(function (host) {
  "use strict";
  const { defineProperty } = Reflect;
  const { now } = host;
  const origin = host.origin();
  const MAX_ENTRIES = 10_000; // the oldest go beyond it: a server runs for long
  const TYPES = ["mark", "measure"];
  const MAKING = Symbol("making");

  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
  const tag = (Class) => defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, writable: false, enumerable: false, configurable: true });
  const fail = (message) => { throw new TypeError(message); };
  const count = (what, given) => { if (given < 1) fail(`${what} needs 1 argument, but got 0`); };
  const noMark = (name) => new globalThis.DOMException(`there is no mark ${JSON.stringify(name)}`, "SyntaxError");

  /** A time that a script gives, in milliseconds since the origin. */
  function time(value, what) {
    const number = Number(value);
    if (!Number.isFinite(number)) fail(`${what} must be a number of milliseconds, not ${value}`);
    return number < 0 ? fail(`${what} must not be negative`) : number;
  }

  // --- entries ----------------------------------------------------------------------------------------------------------

  class PerformanceEntry {
    #name; #type; #start; #duration;
    constructor(making = undefined, name, type, start, duration) {
      if (making !== MAKING) fail("entries are made by performance.mark and performance.measure");
      this.#name = name;
      this.#type = type;
      this.#start = start;
      this.#duration = duration;
    }
    get name() { return this.#name; }
    get entryType() { return this.#type; }
    get startTime() { return this.#start; }
    get duration() { return this.#duration; }
    toJSON() { return { name: this.name, entryType: this.entryType, startTime: this.startTime, duration: this.duration }; }
  }

  const cloned = (detail) => detail === undefined || detail === null ? null : globalThis.structuredClone(detail);

  class PerformanceMark extends PerformanceEntry {
    #detail;
    constructor(name, options = undefined) {
      count("the constructor of PerformanceMark", arguments.length);
      if (options !== undefined && options !== null && !isObject(options)) fail("the options of a mark must be an object");
      const { detail, startTime } = options ?? {};
      super(MAKING, `${name}`, "mark", startTime === undefined ? now() : time(startTime, "the startTime of a mark"), 0);
      this.#detail = cloned(detail);
    }
    get detail() { return this.#detail; }
    toJSON() { return { ...super.toJSON(), detail: this.detail }; }
  }

  class PerformanceMeasure extends PerformanceEntry {
    #detail;
    constructor(making = undefined, name, start, duration, detail) {
      super(making, name, "measure", start, duration);
      this.#detail = cloned(detail);
    }
    get detail() { return this.#detail; }
    toJSON() { return { ...super.toJSON(), detail: this.detail }; }
  }

  // --- the timeline -----------------------------------------------------------------------------------------------------

  let entries = []; // as they were made
  const latest = new Map(); // the last mark of each name

  function add(entry) {
    entries.push(entry);
    if (entry.entryType === "mark") latest.set(entry.name, entry);
    if (entries.length > MAX_ENTRIES) forget(entries.shift());
    for (const observer of observers) observer.offer(entry);
    return entry;
  }

  function forget(entry) {
    if (latest.get(entry.name) === entry) latest.delete(entry.name);
  }

  function clear(type, name) {
    const goes = (entry) => entry.entryType === type && (name === undefined || entry.name === name);
    entries.filter(goes).forEach(forget);
    entries = entries.filter((entry) => !goes(entry));
  }

  /** In the order of their beginnings; those that began together as they were made. */
  const list = (from, name, type) => from
    .filter((entry) => (name === undefined || entry.name === name) && (type === undefined || entry.entryType === type))
    .sort((a, b) => a.startTime - b.startTime);

  /** A point of time: a mark's, or a number. */
  function point(value) {
    if (typeof value === "number") return time(value, "a time of a measure");
    const name = `${value}`, mark = latest.get(name);
    if (mark === undefined) throw noMark(name);
    return mark.startTime;
  }

  function measured(name, startOrOptions, endMark) {
    if (!isObject(startOrOptions)) {
      const end = endMark === undefined ? now() : point(endMark), start = startOrOptions === undefined || startOrOptions === null ? 0 : point(startOrOptions);
      return new PerformanceMeasure(MAKING, name, start, end - start);
    }
    const { start, end, duration, detail } = startOrOptions;
    if (endMark !== undefined) fail("the options of a measure have its end");
    if (start === undefined && end === undefined && duration === undefined) {
      return detail === undefined ? measured(name) : fail("the options of a measure need a start or an end");
    }
    if (start !== undefined && end !== undefined && duration !== undefined) fail("the options of a measure have two of start, end and duration");
    const length = duration === undefined ? undefined : time(duration, "the duration of a measure");
    const until = end !== undefined ? point(end) : start !== undefined && length !== undefined ? point(start) + length : now();
    const from = start !== undefined ? point(start) : length !== undefined ? until - length : 0;
    return new PerformanceMeasure(MAKING, name, from, until - from, detail);
  }

  // --- observers --------------------------------------------------------------------------------------------------------

  const observers = new Set();

  class PerformanceObserverEntryList {
    #entries;
    constructor(making = undefined, entries) {
      if (making !== MAKING) fail("lists of entries are made for observers");
      this.#entries = entries;
    }
    getEntries() { return list(this.#entries); }
    getEntriesByType(type) { return list(this.#entries, undefined, `${type}`); }
    getEntriesByName(name, type = undefined) { return list(this.#entries, `${name}`, type); }
  }

  class PerformanceObserver {
    #callback; #watching; #types = new Set(); #records = []; #waits = false; #single;
    static get supportedEntryTypes() { return Object.freeze([...TYPES]); }
    constructor(callback) {
      if (typeof callback !== "function") fail("a PerformanceObserver needs a function");
      this.#callback = callback;
      this.#watching = {
        offer: (entry) => {
          if (!this.#types.has(entry.entryType)) return;
          this.#records.push(entry);
          if (this.#records.length > MAX_ENTRIES) this.#records.shift();
          this.#deliver();
        },
      };
    }
    observe(options = undefined) {
      const { entryTypes, type, buffered } = options ?? {};
      if ((entryTypes === undefined) === (type === undefined)) fail("observe needs either entryTypes or a type");
      if (this.#single !== undefined && this.#single !== (type !== undefined)) {
        throw new globalThis.DOMException("an observer watches by entryTypes or by type, not by both", "InvalidModificationError");
      }
      this.#single = type !== undefined;
      if (!this.#single) this.#types.clear();
      for (const one of this.#single ? [`${type}`] : [...entryTypes].map(String)) if (TYPES.includes(one)) this.#types.add(one);
      if (this.#types.size === 0) return; // as the standard has it: nothing that is known here
      observers.add(this.#watching);
      if (this.#single && buffered) {
        this.#records.push(...list(entries, undefined, `${type}`));
        if (this.#records.length > 0) this.#deliver();
      }
    }
    disconnect() {
      observers.delete(this.#watching);
      this.#types.clear();
      this.#records = [];
      this.#single = undefined;
    }
    takeRecords() {
      const records = this.#records;
      this.#records = [];
      return records;
    }
    #deliver() {
      if (this.#waits) return;
      this.#waits = true;
      queueMicrotask(() => {
        this.#waits = false;
        const records = this.takeRecords();
        if (records.length > 0) this.#callback.call(this, new PerformanceObserverEntryList(MAKING, records), this);
      });
    }
  }

  // --- the clock --------------------------------------------------------------------------------------------------------

  let making = false;

  class Performance {
    #brand;
    constructor() {
      if (!making) throw new TypeError("Performance has no constructor: use the global performance");
    }
    get timeOrigin() { this.#brand; return origin; }
    now() { this.#brand; return now(); }
    mark(name, options = undefined) {
      this.#brand;
      count("performance.mark", arguments.length);
      return add(new PerformanceMark(name, options));
    }
    measure(name, startOrOptions = undefined, endMark = undefined) {
      this.#brand;
      count("performance.measure", arguments.length);
      return add(measured(`${name}`, startOrOptions, endMark));
    }
    clearMarks(name = undefined) { this.#brand; clear("mark", name === undefined ? name : `${name}`); }
    clearMeasures(name = undefined) { this.#brand; clear("measure", name === undefined ? name : `${name}`); }
    getEntries() { this.#brand; return list(entries); }
    getEntriesByType(type) {
      this.#brand;
      count("performance.getEntriesByType", arguments.length);
      return list(entries, undefined, `${type}`);
    }
    getEntriesByName(name, type = undefined) {
      this.#brand;
      count("performance.getEntriesByName", arguments.length);
      return list(entries, `${name}`, type === undefined ? type : `${type}`);
    }
    toJSON() { this.#brand; return { timeOrigin: origin }; }
  }

  const classes = { Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList };
  for (const Class of Object.values(classes)) tag(Class);
  making = true;
  const performance = new Performance();
  making = false;
  return { performance, ...classes };
})
