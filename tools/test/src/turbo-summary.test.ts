import { expect, test } from "vitest";
import { parseTurboSummary } from "./turbo-summary.ts";

test("returns the test tasks sorted by package, and whether each was cached", () => {
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

test("refuses a text that is not a run summary", () => {
  expect(() => parseTurboSummary("{}")).toThrow("no tasks");
});
