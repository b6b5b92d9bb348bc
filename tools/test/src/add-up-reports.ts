import { isTestReport } from "./test-report.ts";
import type { TestFile, TestReport } from "./test-report.ts";

/** One package's outcome; `report` is the content of its report file, `undefined` if it left no report. */
export interface PackageRun {
  readonly package: string;
  readonly cached: boolean;
  readonly report: unknown;
}

/** The sum over all packages. `lines`: counts, failures and the slowest tests, to print. `closing`: the last line. */
export interface Sum {
  readonly failed: number;
  readonly lines: readonly string[];
  readonly closing: string;
}

/**
 * Adds the packages' reports up. A package without a readable report counts as one failure. So does a package whose
 * report is unsuccessful although no test failed: a file could not be loaded, or an error came from outside a test.
 */
export function addUpReports(runs: readonly PackageRun[]): Sum {
  const width = Math.max(0, ...runs.map((run) => run.package.length));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const lines: string[] = [];
  for (const run of runs) {
    const name = run.package.padEnd(width);
    if (!isTestReport(run.report)) {
      sum.failed += 1;
      lines.push(`${name}  no report: its tests did not run to their end`);
      continue;
    }
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success, testResults } = run.report;
    const isUnexplained = !success && numFailedTests === 0;
    const failed = numFailedTests + (isUnexplained ? 1 : 0);
    const skipped = numPendingTests + numTodoTests;
    sum.passed += numPassedTests;
    sum.failed += failed;
    sum.skipped += skipped;
    lines.push(
      [
        `${name}  ${toCounts({ passed: numPassedTests, failed, skipped })}`,
        isUnexplained ? " (an error outside a test)" : "",
        run.cached ? "  (cached)" : "",
      ].join(""),
      ...testResults.flatMap(failuresOf),
    );
  }
  const reports = runs.filter((run) => !run.cached).map((run) => run.report);
  return { failed: sum.failed, lines: [...lines, ...slowest(reports.filter(isTestReport))], closing: toCounts(sum) };
}

function toCounts({ passed, failed, skipped }: Record<"passed" | "failed" | "skipped", number>): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Tests that failed; the file itself if it failed and none of its tests did. */
function failuresOf(file: TestFile): readonly string[] {
  if (file.status !== "failed") return [];
  const tell = (name: string, why: string | undefined): string =>
    `  failed: ${name}\n    ${file.name}\n    ${why?.trim().split("\n", 1)[0] || "without a message"}`;
  const tests = file.assertionResults.filter(({ status }) => status === "failed");
  if (tests.length === 0) return [tell("the whole file", file.message)];
  return tests.map(({ fullName, failureMessages }) => tell(fullName, failureMessages?.[0]));
}

function slowest(reports: readonly TestReport[]): readonly string[] {
  const tests = reports
    .flatMap((report) => report.testResults.flatMap((file) => file.assertionResults))
    .flatMap(({ fullName, duration }) => (typeof duration === "number" ? [{ fullName, seconds: duration / 1000 }] : []))
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 10);
  return tests.length === 0
    ? []
    : ["\nThe slowest tests:", ...tests.map((test) => `${test.seconds.toFixed(1).padStart(7)} s  ${test.fullName}`)];
}
