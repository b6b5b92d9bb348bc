import { describe, expect, test } from "vitest";
import { EmulatorError } from "../problems/emulator-error.ts";
import { parseLayerMappings, parseParameterOverrides } from "./overrides.ts";

describe("parseParameterOverrides", () => {
  test.each([
    [["A=1", "B=two"], { A: "1", B: "two" }],
    [["A=1 B=2"], { A: "1", B: "2" }],
    [["ParameterKey=A,ParameterValue=1 ParameterKey=B,ParameterValue=2"], { A: "1", B: "2" }],
    [["A=\"x y\" B='z w'"], { A: "x y", B: "z w" }],
    [["A=x y"], { A: "x y" }],
    [["A=x\\ y B=2"], { A: "x y", B: "2" }],
    [["A="], { A: "" }],
    [["Url=https://x/?a=b"], { Url: "https://x/?a=b" }],
    [["A=first", "A=second"], { A: "second" }],
  ])("reads %j as sam does", (given, expected) => {
    expect(parseParameterOverrides(given)).toEqual(expected);
  });

  test("refuses what has no key and value, naming it", () => {
    expect(() => parseParameterOverrides(["A"])).toThrow(
      new EmulatorError("--parameter-overrides: expected Key=Value, got A"),
    );
  });
});

describe("parseLayerMappings", () => {
  test("keeps the colons of an ARN", () => {
    const arn = "arn:aws:lambda:us-east-1:1:layer:x:3";
    expect(parseLayerMappings([`${arn}=./x y`])).toEqual({ [arn]: "./x y" });
  });

  test.each(["x", "=x", "x="])("refuses %j", (given) => {
    expect(() => parseLayerMappings([given])).toThrow(`--layer-mapping: expected LAYER=PATH, got ${given}`);
  });
});
