import { failuresOf, isTestReport } from "./test-report.ts";
import type { Failure } from "./test-report.ts";

/** One package's outcome; `report` is what its report file held, `undefined` where there was none. */
export interface PackageRun {
  readonly name: string;
  readonly cached: boolean;
  readonly report: unknown;
  readonly flakes: readonly Failure[];
}

/** The sum over all packages; `lines` is the table to print, with what failed and why, `closing` its last line. */
export interface Sum {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly lines: readonly string[];
  readonly closing: string;
}

/**
 * Adds the packages' reports up. A package without a readable report counts as one failure, and so does one
 * whose report is unsuccessful though no test failed (a file that could not be loaded, an error outside a test).
 */
export function addUpReports(runs: readonly PackageRun[]): Sum {
  const width = Math.max(0, ...runs.map((run) => run.name.length));
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const lines: string[] = [];
  for (const run of runs) {
    const name = run.name.padEnd(width);
    if (!isTestReport(run.report)) {
      failed += 1;
      lines.push(`${name}  no report: its tests did not run to their end`);
      continue;
    }
    const report = run.report;
    const unexplained = !report.success && report.numFailedTests === 0 ? 1 : 0;
    const left = report.numPendingTests + report.numTodoTests;
    passed += report.numPassedTests;
    failed += report.numFailedTests + unexplained;
    skipped += left;
    lines.push(
      [
        `${name}  ${report.numPassedTests} passed, ${report.numFailedTests + unexplained} failed`,
        left > 0 ? `, ${left} skipped` : "",
        unexplained > 0 ? " (an error outside a test)" : "",
        run.cached ? "  (cached)" : "",
      ].join(""),
      ...run.flakes.map((flake) => tell("passed only on a second try", flake)),
      ...report.testResults.flatMap(failuresOf).map((failure) => tell("failed", failure)),
    );
  }
  const closing = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  return { passed, failed, skipped, lines, closing };
}

function tell(outcome: string, { file, name, why }: Failure): string {
  return `  ${outcome}: ${name}\n    ${file}\n    ${why}`;
}
