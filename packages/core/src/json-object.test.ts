import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isObject, parseJsonObject } from "./json-object.ts";

test.each<readonly [string, unknown, boolean]>([
  ["an object", { a: 1 }, true],
  ["an empty object", {}, true],
  ["null", null, false],
  ["an array", [], false],
  ["text", "{}", false],
  ["a function", () => ({}), false],
  ["nothing", undefined, false],
])("takes %s for an object or not", (_what, value, expected) => {
  expect(isObject(value)).toBe(expected);
});

test("parses the JSON of an object, as text and as bytes", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const json = JSON.stringify(object);
      expect(parseJsonObject(json)).toEqual(JSON.parse(json));
      expect(parseJsonObject(Buffer.from(json))).toEqual(JSON.parse(json));
    }),
  );
});

test("returns undefined for any other text", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom("[]", "null", "1", '"a"', "{")), (text) => {
      const parsed = parseJsonObject(text);
      expect(parsed === undefined || isObject(parsed)).toBe(true);
    }),
  );
});
