import { relative } from "node:path";
import { failuresOf, isTestReport } from "./test-report.ts";
import type { Failure, TestFile, TestReport } from "./test-report.ts";

/**
 * What a package's two tries come to: `report` has every test once, by its last try; `flakes` are what failed at first
 * and then passed.
 */
export interface TwoTries {
  readonly report: unknown;
  readonly flakes: readonly Failure[];
}

/** More files than this fail for a reason that a second try cannot take away. */
const mostFiles = 8;

/**
 * What of a package to try once more: its failed test files, relative to its `folder`; `[]`, the whole package, where
 * the report blames no file or is missing; `undefined` where nothing failed or too much did.
 */
export function chooseSecondTry(report: unknown, folder: string): readonly string[] | undefined {
  if (!isTestReport(report)) return [];
  const failed = failedFiles(report);
  if (failed.length === 0) return report.success ? undefined : [];
  return failed.length > mostFiles ? undefined : failed.map((file) => relative(folder, file.name));
}

/**
 * Puts the second try of what failed in the place of the first. Where the second left no readable report the first
 * stands: a second try excuses what it ran, and nothing else.
 */
export function joinTries(folder: string, first: unknown, second: unknown): TwoTries {
  if (!isTestReport(second)) return { report: first, flakes: [] };
  const blamed = isTestReport(first) ? failedFiles(first) : [];
  if (!isTestReport(first) || blamed.length === 0) {
    const why = isTestReport(first) ? "an error outside a test" : "its tests did not run to their end";
    return { report: second, flakes: second.success ? [{ file: folder, name: "the whole package", why }] : [] };
  }
  const again = new Map(second.testResults.map((file) => [file.name, file]));
  const files = first.testResults.map((file) => (blamed.includes(file) ? (again.get(file.name) ?? file) : file));
  return {
    report: recount(files, second.success),
    flakes: blamed.flatMap((file) => flakesOf(file, again.get(file.name))),
  };
}

function failedFiles(report: TestReport): readonly TestFile[] {
  return report.testResults.filter((file) => file.status === "failed");
}

function recount(testResults: readonly TestFile[], success: boolean): TestReport {
  const statuses = testResults.flatMap((file) => file.assertionResults.map((test) => test.status));
  const count = (...wanted: string[]): number => statuses.filter((status) => wanted.includes(status)).length;
  return {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numPendingTests: count("pending", "skipped", "disabled"),
    numTodoTests: count("todo"),
    success: success && testResults.every((file) => file.status !== "failed"),
    testResults,
  };
}

function flakesOf(first: TestFile, second: TestFile | undefined): readonly Failure[] {
  const passed = new Set(
    second?.assertionResults.filter((test) => test.status === "passed").map((test) => test.fullName),
  );
  const wholeFilePassed =
    second?.status === "passed" && !first.assertionResults.some((test) => test.status === "failed");
  return failuresOf(first).filter((failure) => wholeFilePassed || passed.has(failure.name));
}
