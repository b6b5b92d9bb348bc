import { expect, test } from "vitest";
import { parseTurboSummary } from "./turbo-summary.ts";

test("keeps the test tasks, sorted, tells which were cached, and tells whether anything else failed", () => {
  const text = JSON.stringify({
    tasks: [
      { task: "build", package: "a", directory: "packages/a", cache: { status: "HIT" }, execution: { exitCode: 0 } },
      { task: "build", package: "c", directory: "packages/c", cache: { status: "MISS" }, execution: { exitCode: 2 } },
      { task: "test", package: "b", directory: "packages/b", cache: { status: "HIT" } },
      { task: "test", package: "a", directory: "packages/a", cache: { status: "MISS" }, execution: { exitCode: 1 } },
    ],
  });
  expect(parseTurboSummary(text)).toEqual({
    tests: [
      { package: "a", directory: "packages/a", cached: false },
      { package: "b", directory: "packages/b", cached: true },
    ],
    otherTasksPassed: false,
  });
});

test("takes other tasks that succeeded, and that did not run, for no failure", () => {
  const tasks = [
    { task: "build", package: "a", execution: { exitCode: 0 } },
    { task: "build", package: "b" },
  ];
  expect(parseTurboSummary(JSON.stringify({ tasks })).otherTasksPassed).toBe(true);
});

test("refuses a text that is no run summary", () => {
  expect(() => parseTurboSummary("{}")).toThrow("no tasks");
});
