/** A clock that never goes back. */
interface Performance {
  /** When the clock began, in milliseconds since 1970. */
  readonly timeOrigin: number;
  /** Milliseconds since timeOrigin, in steps of a microsecond. */
  now(): number;
  toJSON(): { timeOrigin: number };
}

declare var Performance: { prototype: Performance };
declare var performance: Performance;
