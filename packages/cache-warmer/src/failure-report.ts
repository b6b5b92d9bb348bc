import type { Report } from "./report.ts";
import type { FetchFailure, Source, SourceItem } from "./sources/source.ts";

/** A function that asks for names without end must not fill the log. */
const maxReported = 200;

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
