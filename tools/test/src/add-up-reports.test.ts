import { expect, test } from "vitest";
import { addUpReports } from "./add-up-reports.ts";

const report = (passed: number, failed: number, skipped = 0, success = failed === 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  numTodoTests: 0,
  success,
  testResults: [],
});

test("adds the packages up and closes with the counts", () => {
  const sum = addUpReports([
    { name: "a", cached: false, flakes: [], report: report(3, 0) },
    { name: "bcd", cached: true, flakes: [], report: report(4, 1, 2) },
  ]);
  expect(sum.closing).toBe("7 passed, 1 failed, 2 skipped");
  expect(sum.lines).toEqual(["a    3 passed, 0 failed", "bcd  4 passed, 1 failed, 2 skipped  (cached)"]);
});

test("leaves the skipped ones out of the closing line when there are none", () => {
  expect(addUpReports([{ name: "a", cached: false, flakes: [], report: report(1, 0) }]).closing).toBe(
    "1 passed, 0 failed",
  );
});

test.each([undefined, null, "text", {}, { numPassedTests: 1 }])(
  "counts an unreadable report (%j) as a failure",
  (bad) => {
    const sum = addUpReports([{ name: "a", cached: false, flakes: [], report: bad }]);
    expect(sum.failed).toBe(1);
    expect(sum.lines[0]).toContain("no report");
  },
);

test("counts an error outside a test as a failure", () => {
  const sum = addUpReports([{ name: "a", cached: false, flakes: [], report: report(5, 0, 0, false) }]);
  expect(sum.closing).toBe("5 passed, 1 failed");
});

test("names what failed, and what passed only on a second try, with the reason", () => {
  const flakes = [{ file: "/a/b.test.ts", name: "answers in time", why: "expected 5 to be 4" }];
  const tests = [{ fullName: "counts", status: "failed", failureMessages: ["Error: no\n    at line 1"] }];
  const failed = {
    ...report(5, 1),
    testResults: [{ name: "/a/c.test.ts", status: "failed", assertionResults: tests }],
  };
  expect(addUpReports([{ name: "a", cached: false, flakes, report: failed }]).lines).toEqual([
    "a  5 passed, 1 failed",
    "  passed only on a second try: answers in time\n    /a/b.test.ts\n    expected 5 to be 4",
    "  failed: counts\n    /a/c.test.ts\n    Error: no",
  ]);
});
