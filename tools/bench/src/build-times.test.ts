import { expect, test } from "vitest";
import { turboTime } from "./build-times.ts";

const output = (time: string): string =>
  ` Tasks:    13 successful, 13 total\nCached:    12 cached, 13 total\n  Time:    ${time} >>> FULL TURBO\n`;

test.each([
  ["64ms", 64],
  ["2.934s", 2934],
  ["1m3.5s", 63_500],
])("reads turbo's %s", (time, ms) => {
  expect(turboTime(output(time), 1)).toBe(ms);
});

test("refuses the time of a run that built more or less than expected", () => {
  expect(() => turboTime(output("64ms"), 0)).toThrow(/expected 0 builds to run, got 1/);
  expect(() => turboTime("error", 0)).toThrow(/expected 0/);
});
