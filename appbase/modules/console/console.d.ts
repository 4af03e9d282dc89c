/**
 * Writes to the server's log. If the first argument is a text, %s %d %i %f %o %O %j %c and %% in it take the arguments that
 * follow. Objects are shown to a depth of 4, with at most 100 members each; getters do not run.
 */
interface Console {
  log(...data: any[]): void;
  info(...data: any[]): void;
  debug(...data: any[]): void;
  warn(...data: any[]): void;
  error(...data: any[]): void;
  /** Writes the stack of the caller too. */
  trace(...data: any[]): void;
  /** Writes an error unless the condition holds. */
  assert(condition?: boolean, ...data: any[]): void;
  dir(item?: any, options?: any): void;
  dirxml(...data: any[]): void;
  /** Writes an array, object, Map or Set of rows as a table. */
  table(data?: any, columns?: string[]): void;
  /** Counts the calls with that label ("default"). */
  count(label?: string): void;
  countReset(label?: string): void;
  time(label?: string): void;
  timeLog(label?: string, ...data: any[]): void;
  timeEnd(label?: string): void;
  /** Indents what follows, until groupEnd. */
  group(...label: any[]): void;
  groupCollapsed(...label: any[]): void;
  groupEnd(): void;
  /** Ends all groups. */
  clear(): void;
}

declare var console: Console;
