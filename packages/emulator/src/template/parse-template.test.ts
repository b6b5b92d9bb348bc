import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTemplate } from "./parse-template.ts";
import { readYaml } from "./read-yaml.ts";

const value = (text: string) => readYaml(text);

describe("readYaml", () => {
  test.each([
    ["!Ref Name", { Ref: "Name" }],
    ["!GetAtt Table.Arn", { "Fn::GetAtt": ["Table", "Arn"] }],
    ["!GetAtt Nested.Outputs.Name", { "Fn::GetAtt": ["Nested", "Outputs.Name"] }],
    ["!GetAtt [Table, Arn]", { "Fn::GetAtt": ["Table", "Arn"] }],
    ['!Sub "${A}-b"', { "Fn::Sub": "${A}-b" }],
    ["!If [IsProd, !Ref A, !Ref AWS::NoValue]", { "Fn::If": ["IsProd", { Ref: "A" }, { Ref: "AWS::NoValue" }] }],
    ["!Not [!Condition IsProd]", { "Fn::Not": [{ Condition: "IsProd" }] }],
    ["Fn::Join: ['-', [a, !Ref B]]", { "Fn::Join": ["-", ["a", { Ref: "B" }]] }],
    ["!Ref 123", { Ref: "123" }],
  ])("writes %s in its long form", (text, expected) => {
    expect(value(text)).toEqual({ kind: "value", value: expected });
  });

  test.each([
    ["yes", true],
    ["0123", 83],
    ["2010-09-09", "2010-09-09"],
    ["12345678901234567890", "12345678901234567890"],
    ["!!binary aGk=", "aGk="],
    ["~", null],
    ["", null],
    ["1.5", 1.5],
    [".", "."],
    ["./", "./"],
    [".5", 0.5],
    ['"yes"', "yes"],
  ])("reads the scalar %s as CloudFormation does", (text, expected) => {
    expect(value(text)).toEqual({ kind: "value", value: expected });
  });

  test("follows anchors and merges maps, the map's own keys winning", () => {
    const text = "a: &base { x: 1, y: 1 }\nb: { <<: *base, y: 2 }\nc: *base\n";
    expect(value(text)).toEqual({ kind: "value", value: { a: { x: 1, y: 1 }, b: { x: 1, y: 2 }, c: { x: 1, y: 1 } } });
  });

  test.each([
    ["a: b: c", 1, 4],
    ["a:\n\tb: 1", 2, 1],
    ["a: 1\na: 2", 2, 1],
    ["a: *nowhere", 1, 4],
    ["? [x]\n: 1", 1, 3],
    ["a: 1\n---\nb: 2", 2, 1],
  ])("tells the place of what is wrong in %j", (text, line, column) => {
    expect(value(text)).toMatchObject({ kind: "problems", problems: [{ line, column }] });
  });

  test("refuses a text whose aliases multiply beyond all bounds", () => {
    const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]`);
    expect(value(["l0: &l0 [x, x]", ...levels].join("\n"))).toMatchObject({ kind: "problems" });
  });

  test("refuses an anchor that refers to itself", () => {
    expect(value("a: &a { b: *a }")).toMatchObject({ kind: "problems" });
  });

  test("keeps a key called __proto__ a key", () => {
    expect(JSON.stringify(value('{"__proto__": {"x": 1}}'))).toBe('{"kind":"value","value":{"__proto__":{"x":1}}}');
  });

  test("reads all JSON as JSON.parse does, but keeps the digits of numbers beyond doubles", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => {
        const text = JSON.stringify(json);
        const isBeyondDoubles = (item: unknown): boolean => Number.isInteger(item) && !Number.isSafeInteger(item);
        const expected: unknown = JSON.parse(text, (_, item: unknown) => (isBeyondDoubles(item) ? String(item) : item));
        expect(value(text)).toEqual({ kind: "value", value: expected });
      }),
    );
  });
});

describe("parseTemplate", () => {
  test("takes the sections, missing and empty ones as empty", () => {
    expect(parseTemplate("Resources:\n  A: { Type: B }\nParameters:\n")).toEqual({
      kind: "value",
      value: { parameters: {}, mappings: {}, conditions: {}, globals: {}, resources: { A: { Type: "B" } } },
    });
  });

  test.each([
    ["", "expected a map with `Resources:`, found nothing"],
    ["- a", "expected a map with `Resources:`, found a list"],
    ["hello", "expected a map with `Resources:`, found a string"],
    ["Resources: []", "Resources: expected a map, found a list"],
    ["Resources: {}\nConditions: x", "Conditions: expected a map, found a string"],
  ])("says what %j lacks", (text, message) => {
    expect(parseTemplate(text)).toMatchObject({ kind: "problems", problems: [{ message, line: 1, column: 1 }] });
  });

  test("answers any text at all with a template or with problems", () => {
    const token = fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "- ",
      "[",
      "]",
      "{",
      "}",
      "!Ref",
      "&a",
      "*a",
      "<<",
      '"',
      "'",
      "|",
      "? ",
      "#",
      "\t",
      "~",
      "---",
      "%",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join("")),
    );
    fc.assert(
      fc.property(text, (input) => {
        const parsed = parseTemplate(input);
        expect(["value", "problems"]).toContain(parsed.kind);
        const places = parsed.kind === "problems" ? parsed.problems : [];
        expect(places.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
