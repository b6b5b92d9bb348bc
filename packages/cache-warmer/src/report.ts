/** From most to least talkative; the AWS extension's own words. */
export const logLevels = ["DEBUG", "INFO", "WARN", "ERROR", "NONE"] as const;

/** The least level that is written. */
export type LogLevel = (typeof logLevels)[number];

/** Reports one line at a level; a line below the level that was chosen is not written. */
export type Report = (level: Exclude<LogLevel, "NONE">, message: string) => void;

/**
 * Lines for an operator, `WARN message`, and never a value of a parameter or secret. `write` gets one line without its
 * line feed, and without the control characters that a name may hold.
 */
export function createReport(options: { readonly level: LogLevel; readonly write: (line: string) => void }): Report {
  const least = logLevels.indexOf(options.level);
  return (level, message) => {
    if (logLevels.indexOf(level) < least) return;
    options.write(`${level} ${message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")}`);
  };
}
