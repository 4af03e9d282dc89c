/** A clock that never goes back, and what was marked on it. At most 10,000 marks and measures are kept; beyond it the oldest go. */
interface Performance {
  /** When the clock began, in milliseconds since 1970. */
  readonly timeOrigin: number;
  /** Milliseconds since timeOrigin, in steps of a microsecond. */
  now(): number;
  /** Notes a point of time: now, unless the options say otherwise. */
  mark(name: string, options?: { detail?: any; startTime?: number }): PerformanceMark;
  /**
   * Notes the time between two points, marks by their names or milliseconds: by default from the clock's beginning until now.
   *
   * @throws a DOMException (SyntaxError) for a mark that is not there
   */
  measure(name: string, start?: string | PerformanceMeasureOptions, end?: string): PerformanceMeasure;
  /** Forgets the marks of that name, or all. */
  clearMarks(name?: string): void;
  clearMeasures(name?: string): void;
  /** In the order of their beginnings. */
  getEntries(): PerformanceEntry[];
  getEntriesByType(type: string): PerformanceEntry[];
  getEntriesByName(name: string, type?: string): PerformanceEntry[];
  toJSON(): { timeOrigin: number };
}

/** At most two of start, end and duration. */
interface PerformanceMeasureOptions {
  start?: string | number;
  end?: string | number;
  duration?: number;
  detail?: any;
}

interface PerformanceEntry {
  readonly name: string;
  /** "mark" or "measure". */
  readonly entryType: string;
  readonly startTime: number;
  readonly duration: number;
  toJSON(): any;
}

interface PerformanceMark extends PerformanceEntry {
  /** A copy of the detail that was given, or null. */
  readonly detail: any;
  toJSON(): any;
}

interface PerformanceMeasure extends PerformanceEntry {
  readonly detail: any;
  toJSON(): any;
}

/** Is told of marks and measures, soon after they were made, several at a time. */
interface PerformanceObserver {
  observe(options: { entryTypes: string[] } | { type: string; buffered?: boolean }): void;
  disconnect(): void;
  /** What it was not told yet, which it then will not be. */
  takeRecords(): PerformanceEntry[];
}

interface PerformanceObserverEntryList {
  getEntries(): PerformanceEntry[];
  getEntriesByType(type: string): PerformanceEntry[];
  getEntriesByName(name: string, type?: string): PerformanceEntry[];
}

declare var Performance: { prototype: Performance };
declare var PerformanceEntry: { prototype: PerformanceEntry };
declare var PerformanceMark: { prototype: PerformanceMark; new (name: string, options?: { detail?: any; startTime?: number }): PerformanceMark };
declare var PerformanceMeasure: { prototype: PerformanceMeasure };
declare var PerformanceObserver: {
  prototype: PerformanceObserver;
  readonly supportedEntryTypes: readonly string[];
  new (callback: (list: PerformanceObserverEntryList, observer: PerformanceObserver) => void): PerformanceObserver;
};
declare var PerformanceObserverEntryList: { prototype: PerformanceObserverEntryList };
declare var performance: Performance;
