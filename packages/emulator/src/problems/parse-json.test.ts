import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonErrorOffset } from "./parse-json.ts";

describe("jsonErrorOffset", () => {
  test.each([
    ["", 0],
    ["  ", 2],
    ["{", 1],
    ['{"a"}', 4],
    ['{"a":1,}', 7],
    ["[1,]", 3],
    ["[1 2]", 3],
    ["{a:1}", 1],
    ["[1]]", 3],
    ["tru", 0],
    ["01", 1],
    ['"a\nb"', 0],
    ['"\\x"', 0],
    ["[,1]", 1],
    ["{]", 1],
    ["[1:2]", 2],
  ])("stops in %j at %i", (text, offset) => {
    expect(jsonErrorOffset(text)).toBe(offset);
  });

  test("agrees with JSON.parse on what is JSON, for JSON and for JSON with a character changed", () => {
    const changed = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "]", "}", '"', "\\", "x", "0", ":", "\n", "\u0001"))
      .map(([json, at, put]) => json.slice(0, at % (json.length + 1)) + put + json.slice((at % (json.length + 1)) + 1));
    fc.assert(
      fc.property(fc.oneof(fc.json(), changed, fc.string()), (text) => {
        const offset = jsonErrorOffset(text);
        expect(offset === undefined).toBe(isJson(text));
        expect(offset ?? 0).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test("takes a string of 6 MiB", () => {
    expect(jsonErrorOffset(`["${"a\\n".repeat(2 * 1024 * 1024)}"`)).toBe(6 * 1024 * 1024 + 3);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
