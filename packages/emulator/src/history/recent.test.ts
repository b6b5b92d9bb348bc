import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRecent } from "./recent.ts";

test("keeps the newest entries in order, and less than twice the limit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100), (limit, count) => {
      const recent = createRecent<number>(limit);
      const { entries } = recent;
      for (let index = 0; index < count; index += 1) recent.add(index);
      expect(recent.entries).toBe(entries);
      expect(entries.length).toBeLessThan(2 * limit);
      expect(entries.length).toBeGreaterThanOrEqual(Math.min(limit, count));
      expect(entries).toEqual(Array.from({ length: entries.length }, (_, index) => count - entries.length + index));
    }),
  );
});
