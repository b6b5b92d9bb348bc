import { expect, test } from "vitest";
import { median, pairedDifference, pairedRatio, quantile } from "./statistics.ts";

test("takes the middle value, or the mean of the two in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test("goes linearly between neighbours", () => {
  expect(quantile([0, 10], 0.9)).toBe(9);
});

test("compares round by round, so that a slow round does not change the ratio", () => {
  expect(pairedRatio([2, 20, 2], [1, 10, 1])).toBe(2);
});

test("subtracts round by round", () => {
  expect(pairedDifference([2, 21, 4], [1, 20, 1])).toBe(1);
});
