import { logLevels } from "./config/schema.ts";
import type { CacheOptions } from "./store/cache.ts";

/** Lines below this level are not written. */
export type LogLevel = (typeof logLevels)[number];

/** Reports one line at a level. */
export type Report = (level: Exclude<LogLevel, "NONE">, message: string) => void;

/** The log must not fill up if a function asks for more and more names. */
const maxReported = 200;

/**
 * Writes lines for an operator, such as `WARN message`; no message may hold the value of a parameter or secret. `write`
 * gets one line without a line feed, and without the control characters that a name may hold.
 */
export function createReport(options: { readonly level: LogLevel; readonly write: (line: string) => void }): Report {
  const least = logLevels.indexOf(options.level);
  return (level, message) => {
    if (logLevels.indexOf(level) < least) return;
    options.write(`${level} ${message.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")}`);
  };
}

/** Reports each cause once for each name, not once for each read. Stops after 200 causes. */
export function createFailureReport(report: Report): CacheOptions["onFailure"] {
  const reported = new Set<string>();
  return (source, item, failure) => {
    const cause = `${source.noun} ${item.id}: ${failure.code}`;
    if (reported.has(cause) || reported.size >= maxReported) return;
    reported.add(cause);
    report("WARN", `${cause}: ${failure.message}${failure.kind === "transient" ? "" : "; its reads get status 400"}`);
    if (reported.size === maxReported) {
      report(
        "WARN",
        `${maxReported} different failures were reported; later ones are not, but reads still get the cause`,
      );
    }
  };
}
