import { describe, expect, test } from "vitest";
import { EmulatorError } from "../problems/emulator-error.ts";
import { parseDuration, parseLayerMappings, parseParameterOverrides } from "./option-values.ts";

describe("parseDuration", () => {
  test.each([
    ["250ms", 250],
    ["90s", 90_000],
    ["10m", 600_000],
    ["1.5h", 5_400_000],
    ["2d", 172_800_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text, "--idle")).toBe(ms);
  });

  test.each(["", "10", "m", "-1m", "0s", "1w", "1 m", "1m30s", "1e3s"])("refuses %j, naming the option", (text) => {
    expect(() => parseDuration(text, "--idle")).toThrow(
      `--idle: expected a duration such as 90s, 10m or 2h, got ${text}`,
    );
  });
});

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

  test("refuses a word without key and value, and names it", () => {
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
