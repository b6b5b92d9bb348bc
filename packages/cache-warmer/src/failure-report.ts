import type { Report } from "./report.ts";
import type { FetchFailure, Source, SourceItem } from "./sources/source.ts";

/** Whoever asks for names without end must not fill the log. */
const maxSaid = 200;

/** Says each cause once for each name, not once for each read, and stops at 200. */
export function createFailureReport(report: Report): (source: Source, item: SourceItem, failure: FetchFailure) => void {
  const said = new Set<string>();
  return (source, item, failure) => {
    const cause = `${source.noun} ${item.id}: ${failure.code}`;
    if (said.has(cause) || said.size >= maxSaid) return;
    said.add(cause);
    report(
      "WARN",
      `${cause}: ${failure.message}${failure.kind === "transient" ? "" : "; whoever reads it gets status 400"}`,
    );
    if (said.size === maxSaid) {
      report(
        "WARN",
        `${maxSaid} different failures were said; further ones are not, and whoever reads still gets the cause`,
      );
    }
  };
}
