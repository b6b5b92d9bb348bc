import type { FetchFailure } from "./aws/classify-failure.ts";
import type { Source, SourceItem } from "./sources/source.ts";

/** From most to least talkative; the AWS extension's own words. */
export const logLevels = ["DEBUG", "INFO", "WARN", "ERROR", "NONE"] as const;

/** The least level that is written. */
export type LogLevel = (typeof logLevels)[number];

/** Reports one line at a level; a line below the level that was chosen is not written. */
export type Report = (level: Exclude<LogLevel, "NONE">, message: string) => void;

/** A function that asks for names without end must not fill the log. */
const maxReported = 200;

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

/** Reports each cause once for each name, not once for each read, and stops at 200. */
export function createFailureReport(report: Report): (source: Source, item: SourceItem, failure: FetchFailure) => void {
  const reported = new Set<string>();
  return (source, item, failure) => {
    const cause = `${source.noun} ${item.id}: ${failure.code}`;
    if (reported.has(cause) || reported.size >= maxReported) return;
    reported.add(cause);
    report(
      "WARN",
      `${cause}: ${failure.message}${failure.kind === "transient" ? "" : "; whoever reads it gets status 400"}`,
    );
    if (reported.size === maxReported) {
      report(
        "WARN",
        `${maxReported} different failures were said; further ones are not, and whoever reads still gets the cause`,
      );
    }
  };
}
