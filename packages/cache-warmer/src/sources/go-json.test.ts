import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toGoJson, toGoTime } from "./go-json.ts";

describe("toGoJson", () => {
  test("escapes what Go escapes", () => {
    expect(toGoJson("<&>\u2028\u2029\n\u0001é/")).toBe('"\\u003c\\u0026\\u003e\\u2028\\u2029\\n\\u0001é/"');
  });

  test("reads back as what was written", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => JSON.parse(toGoJson({ text })).text === text));
  });
});

describe("toGoTime", () => {
  test.each([
    [1_668_586_960.362, "2022-11-16T08:22:40.362Z"],
    [1_668_586_960.36, "2022-11-16T08:22:40.36Z"],
    [1_668_586_960, "2022-11-16T08:22:40Z"],
    [1_668_586_800, "2022-11-16T08:20:00Z"],
    [0.1, "1970-01-01T00:00:00.1Z"],
    [undefined, null],
    ["2022", null],
    [1e300, null],
  ])("writes %s as %s", (seconds, text) => {
    expect(toGoTime(seconds)).toBe(text);
  });

  test("keeps a moment to the millisecond", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => Date.parse(toGoTime(ms / 1000) ?? "") === ms));
  });
});
