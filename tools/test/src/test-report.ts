/** What is read of vitest's JSON report. Source: https://vitest.dev/guide/reporters.html#json-reporter */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly TestFile[];
}

/** A test file; `name` is its absolute path, `message` what went wrong outside its tests. */
export interface TestFile {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[] | null;
  }[];
}

/** Whether `value`, parsed JSON, is such a report. */
export function isTestReport(value: unknown): value is TestReport {
  if (typeof value !== "object" || value === null) return false;
  const report = value as Record<string, unknown>;
  return (
    ["numPassedTests", "numFailedTests", "numPendingTests", "numTodoTests"].every(
      (key) => typeof report[key] === "number",
    ) &&
    typeof report["success"] === "boolean" &&
    Array.isArray(report["testResults"])
  );
}

/** What failed in a report, a test or a whole file (its hooks, an import); `why` is the first line of what it said. */
export interface Failure {
  readonly file: string;
  readonly name: string;
  readonly why: string;
}

/** A file's failed tests; the file itself where it failed and none of its tests did. */
export function failuresOf(file: TestFile): readonly Failure[] {
  if (file.status !== "failed") return [];
  const tests = file.assertionResults.filter((test) => test.status === "failed");
  return tests.length === 0
    ? [{ file: file.name, name: "the whole file", why: firstLine(file.message) }]
    : tests.map((test) => ({ file: file.name, name: test.fullName, why: firstLine(test.failureMessages?.[0]) }));
}

function firstLine(text: string | undefined): string {
  return text?.trim().split("\n", 1)[0] || "it did not say why";
}
