import { expect, test } from "vitest";
import { parseJson } from "./parse-json.ts";

test.each([
  ["", /^e\.json is not JSON: Unexpected end of JSON input$/],
  ['{\n  "a": tru\n}', /^e\.json is not JSON: Unexpected token '\\n', "\{\\n {2}"a": tru\\n\}" is not valid JSON/],
  ['{\n  "a": 1,\n}', /^e\.json is not JSON: .*position 12/],
])("names the source of %j, and the text or the position of the error, in one line", (text, message) => {
  expect(() => parseJson(text, "e.json")).toThrow(message);
});

test("gives the value of JSON", () => {
  expect(parseJson('{"a":[1]}', "e.json")).toEqual({ a: [1] });
});
