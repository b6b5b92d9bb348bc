import * as fc from "fast-check";
import { expect, test } from "vitest";
import { goSyntaxError } from "./go-json-syntax.ts";

/** Observed: what the official emulator answers to these bodies. */
test.each([
  ["", "unexpected end of JSON input"],
  ["{bad", "invalid character 'b' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ["nul", "invalid character ' ' in literal null (expecting 'l')"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\\u12g"}', "invalid character 'g' in \\u hexadecimal character escape"],
  ['{"a":"\u0001"}', "invalid character '\\x01' in string literal"],
  ["{} x", "invalid character 'x' after top-level value"],
  ["[1 2]", "invalid character '2' after array element"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ["{'a'}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"a":Ã', "invalid character 'Ã' looking for beginning of value"],
  ["01", "invalid character '1' after top-level value"],
  ['"', "unexpected end of JSON input"],
  ['{"a"', "unexpected end of JSON input"],
])("says about %j what Go says", (text, message) => {
  expect(goSyntaxError(text)).toBe(message);
});

test("finds fault with exactly the texts that are not JSON", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    "1",
    "-",
    ".5",
    "e3",
    "0",
    "true",
    "nul",
    "null",
    " ",
    "\n",
    '"\\u00',
    '"',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces).map((parts) => parts.join("")),
        fc.json(),
      ),
      (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(goSyntaxError(text) === undefined).toBe(isJson);
      },
    ),
    { numRuns: 5000 },
  );
});
