/** From most to least talkative. */
const levels = ["DEBUG", "INFO", "WARN", "ERROR", "NONE"] as const;

/** How much is said; the AWS extension's own words. */
export type LogLevel = (typeof levels)[number];

/** Says one line at a level; a line below the level that was chosen is not written. */
export type Log = (level: Exclude<LogLevel, "NONE">, message: string) => void;

/**
 * Lines for an operator, `WARN message`, and never a value of a parameter or secret.
 * Shape: `write` gets one line without its line feed, and without the control characters that a name may hold.
 */
export function createLog(options: { readonly level: LogLevel; readonly write: (line: string) => void }): Log {
  const least = levels.indexOf(options.level);
  return (level, message) => {
    if (levels.indexOf(level) >= least) options.write(`${level} ${message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")}`);
  };
}
