import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuery } from "./parse-query.ts";

describe("parseQuery", () => {
  test.each([
    ["", []],
    [
      "a=1&b=2&a=3",
      [
        ["a", "1"],
        ["b", "2"],
        ["a", "3"],
      ],
    ],
    ["name=/a/b:3", [["name", "/a/b:3"]]],
    ["name=%2Fa%2fb%3A3", [["name", "/a/b:3"]]],
    [
      "a=x+y&b=x%20y&c=x%2By",
      [
        ["a", "x y"],
        ["b", "x y"],
        ["c", "x+y"],
      ],
    ],
    [
      "a&b=&=c",
      [
        ["a", ""],
        ["b", ""],
        ["", "c"],
      ],
    ],
    ["a=b=c", [["a", "b=c"]]],
    ["a=%zz&b=%E0%A4&c=1", [["c", "1"]]],
    ["a=%C3%A9", [["a", "é"]]],
    ["&&a=1&", [["a", "1"]]],
  ])("reads %j", (query, expected) => {
    expect(parseQuery(query).map(({ name, value }) => [name, value])).toEqual(expected);
  });

  test("reads back what URLSearchParams writes", () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme" })));
    fc.assert(
      fc.property(pairs, (given) => {
        expect(parseQuery(new URLSearchParams(given).toString()).map(({ name, value }) => [name, value])).toEqual(
          given,
        );
      }),
    );
  });
});
