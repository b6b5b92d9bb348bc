import { expect, test } from "vitest";
import { parseTurboSummary } from "./turbo-summary.ts";

test("keeps the test tasks, sorted, and tells which were cached", () => {
  const text = JSON.stringify({
    tasks: [
      { task: "build", package: "a", directory: "packages/a", cache: { status: "HIT" } },
      { task: "test", package: "b", directory: "packages/b", cache: { status: "HIT" } },
      { task: "test", package: "a", directory: "packages/a", cache: { status: "MISS" } },
    ],
  });
  expect(parseTurboSummary(text)).toEqual([
    { package: "a", directory: "packages/a", cached: false },
    { package: "b", directory: "packages/b", cached: true },
  ]);
});

test("refuses a text that is no run summary", () => {
  expect(() => parseTurboSummary("{}")).toThrow("no tasks");
});
