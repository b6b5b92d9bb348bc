import { expect, test } from "vitest";
import { gateLines, holds } from "./section.ts";

test("says of each promise whether it held, and with which figure", () => {
  expect(
    gateLines([
      { promise: "a ÷ b", value: 1.0449, limit: 1.2 },
      { promise: "kB", value: 150.04, limit: 150 },
    ]),
  ).toEqual(["held    a ÷ b: 1.045 (limit 1.2)", "BROKEN  kB: 150.0 (limit 150)"]);
});

test("takes a figure that could not be measured as a broken promise", () => {
  expect(holds({ value: NaN, limit: 1 })).toBe(false);
});
