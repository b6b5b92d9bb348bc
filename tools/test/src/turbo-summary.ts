/** A `test` task of the run, from the file that `turbo run --summarize` writes. */
export interface TestTask {
  readonly package: string;
  /** The package's folder, relative to the repository's root. */
  readonly directory: string;
  readonly cached: boolean;
}

/**
 * Reads turbo's run summary. Returns its `test` tasks, sorted by package.
 * Errors: throws if the text is not such a summary. Source: https://turborepo.com/docs/reference/run#--summarize
 */
export function parseTurboSummary(text: string): readonly TestTask[] {
  const summary: unknown = JSON.parse(text);
  if (!isRecord(summary) || !Array.isArray(summary["tasks"])) throw new Error("turbo's run summary has no tasks");
  return summary["tasks"]
    .filter(isRecord)
    .filter((task) => task["task"] === "test")
    .map((task) => ({
      package: String(task["package"]),
      directory: String(task["directory"]),
      cached: isRecord(task["cache"]) && task["cache"]["status"] === "HIT",
    }))
    .sort((a, b) => a.package.localeCompare(b.package));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
