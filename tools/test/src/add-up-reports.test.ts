import { expect, test } from "vitest";
import { addUpReports } from "./add-up-reports.ts";

const report = (passed: number, failed: number, { skipped = 0, success = failed === 0 } = {}) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  numTodoTests: 0,
  success,
  testResults: [] as object[],
});

const run = (name: string, report: unknown, cached = false) => ({ package: name, cached, report });

test("adds up the packages and closes with the counts", () => {
  const sum = addUpReports([run("a", report(3, 0)), run("bcd", report(4, 1, { skipped: 2 }), true)]);
  expect(sum.closing).toBe("7 passed, 1 failed, 2 skipped");
  expect(sum.lines).toEqual(["a    3 passed, 0 failed", "bcd  4 passed, 1 failed, 2 skipped  (cached)"]);
});

test("does not name skipped tests in the closing line if no test was skipped", () => {
  expect(addUpReports([run("a", report(1, 0))]).closing).toBe("1 passed, 0 failed");
});

test.each([undefined, null, "text", {}, { numPassedTests: 1 }])(
  "counts an unreadable report (%j) as a failure",
  (bad) => {
    const sum = addUpReports([run("a", bad)]);
    expect(sum.failed).toBe(1);
    expect(sum.lines[0]).toContain("no report");
  },
);

test("counts an error outside a test as a failure", () => {
  const sum = addUpReports([run("a", report(5, 0, { success: false }))]);
  expect(sum.closing).toBe("5 passed, 1 failed");
});

test("names each test that failed, with the reason", () => {
  const assertionResults = [
    { fullName: "counts", status: "failed", failureMessages: ["Error: no\n    at line 1"] },
    { fullName: "answers", status: "passed", failureMessages: [] },
  ];
  const testResults = [{ name: "/a/c.test.ts", status: "failed", assertionResults }];
  expect(addUpReports([run("a", { ...report(5, 1), testResults }, true)]).lines).toEqual([
    "a  5 passed, 1 failed  (cached)",
    "  failed: counts\n    /a/c.test.ts\n    Error: no",
  ]);
});

test("names a file that failed although no test of it failed, for example in a hook or an import", () => {
  const assertionResults = [{ fullName: "one", status: "skipped", failureMessages: [] }];
  const testResults = [
    { name: "/a/b.test.ts", status: "failed", message: "Error: no port\n  at hook", assertionResults },
  ];
  expect(addUpReports([run("a", { ...report(1, 0, { success: false }), testResults }, true)]).lines).toEqual([
    "a  1 passed, 1 failed (an error outside a test)  (cached)",
    "  failed: the whole file\n    /a/b.test.ts\n    Error: no port",
  ]);
});

test("lists the ten slowest tests that ran, over all packages", () => {
  const files = (name: string) => [
    {
      name: `/${name}.test.ts`,
      status: "passed",
      assertionResults: Array.from({ length: 8 }, (_, index) => ({
        fullName: `${name} ${index}`,
        status: "passed",
        duration: index * (name === "a" ? 1_000 : 10_000),
      })),
    },
  ];
  const runs = ["a", "b"].map((name) => run(name, { ...report(8, 0), testResults: files(name) }));
  expect(addUpReports([...runs, run("c", { ...report(8, 0), testResults: files("c") }, true)]).lines.slice(3)).toEqual([
    "\nThe slowest tests:",
    ...["70.0 s  b 7", "60.0 s  b 6", "50.0 s  b 5", "40.0 s  b 4", "30.0 s  b 3", "20.0 s  b 2", "10.0 s  b 1"].map(
      (line) => `   ${line}`,
    ),
    ...["7.0 s  a 7", "6.0 s  a 6", "5.0 s  a 5"].map((line) => `    ${line}`),
  ]);
});
