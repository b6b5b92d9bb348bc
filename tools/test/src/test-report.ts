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
  readonly assertionResults: readonly TestResult[];
}

/** A test. Units: `duration` is in milliseconds. */
export interface TestResult {
  readonly fullName: string;
  readonly status: string;
  readonly duration?: number | null;
  readonly failureMessages?: readonly string[] | null;
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
