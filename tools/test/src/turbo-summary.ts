/** A `test` task of the run, from the file that `turbo run --summarize` writes. */
export interface TestTask {
  readonly package: string;
  /** The package's folder, relative to the repository's root. */
  readonly directory: string;
  readonly cached: boolean;
}

/** `tests` sorted by package; `otherTasksPassed` says whether all that ran of another kind, builds, succeeded. */
export interface TurboSummary {
  readonly tests: readonly TestTask[];
  readonly otherTasksPassed: boolean;
}

/**
 * Reads turbo's run summary.
 * Errors: throws where the text is not such a summary. Source: https://turborepo.com/docs/reference/run#--summarize
 */
export function parseTurboSummary(text: string): TurboSummary {
  const summary: unknown = JSON.parse(text);
  if (!isRecord(summary) || !Array.isArray(summary["tasks"])) throw new Error("turbo's run summary has no tasks");
  const tasks = summary["tasks"].filter(isRecord);
  return {
    tests: tasks
      .filter((task) => task["task"] === "test")
      .map((task) => ({
        package: String(task["package"]),
        directory: String(task["directory"]),
        cached: isRecord(task["cache"]) && task["cache"]["status"] === "HIT",
      }))
      .sort((a, b) => a.package.localeCompare(b.package)),
    otherTasksPassed: !tasks.some((task) => task["task"] !== "test" && failed(task["execution"])),
  };
}

function failed(execution: unknown): boolean {
  return isRecord(execution) && execution["exitCode"] !== 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
