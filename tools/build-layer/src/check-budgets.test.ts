import { expect, test } from "vitest";
import { checkStartUp } from "./check-budgets.ts";
import { toStartUp } from "./start-up/measure-layer.ts";

const sources = [
  { path: "src/a.ts", bytes: 1000 },
  { path: "src/types.ts", bytes: 0 },
  { path: "node_modules/b.js", bytes: 2000 },
];

test("compares round by round, so that a slow minute changes nothing", () => {
  expect(toStartUp({ next: [30, 300, 33], bare: [25, 250, 30] })).toEqual({ nextMs: 33, bareMs: 30, ratio: 1.2 });
});

test.each([
  [1.2, 1.3, false],
  [1.3, 1.3, false],
  [1.31, 1.3, true],
  [5, undefined, false],
])("a start of %d × under a limit of %s fails: %s", (ratio, maxStartUpRatio, fails) => {
  const budgets = maxStartUpRatio === undefined ? {} : { maxStartUpRatio };
  expect(checkStartUp(budgets, { nextMs: 40, bareMs: 30, ratio }, sources) !== undefined).toBe(fails);
});

test("names both times and the largest sources, largest first", () => {
  expect(checkStartUp({ maxStartUpRatio: 1.2 }, { nextMs: 60, bareMs: 30, ratio: 2 }, sources)).toBe(
    "lambdaExtension.budgets.maxStartUpRatio: expected at most 1.2 × the 30.0 ms of a Node.js that does nothing, " +
      "got 2.00 × (60.0 ms); largest: node_modules/b.js 2.0 kB, src/a.ts 1.0 kB",
  );
});
