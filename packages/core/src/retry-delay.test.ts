import * as fc from "fast-check";
import { expect, test } from "vitest";
import { retryDelayMs } from "./retry-delay.ts";

test.each([
  [1, 50],
  [2, 100],
  [3, 200],
  [4, 200],
  [2000, 200],
])("after %i failures waits half of its limit at the middle of chance: %i ms", (failures, delayMs) => {
  expect(retryDelayMs(failures, { baseMs: 100, capMs: 400 }, () => 0.5)).toBe(delayMs);
});

test("waits any time from nothing to the limit", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), random, (failures, chance) => {
      const delayMs = retryDelayMs(failures, { baseMs: 50, capMs: 4000 }, () => chance);
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThan(4000);
    }),
  );
});
