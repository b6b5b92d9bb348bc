import { describe, expect, test } from "vitest";
import { isTokenValid } from "./token-check.ts";

describe("isTokenValid", () => {
  test.each([
    ["secret", ["secret"], true],
    ["second", ["secret", "second"], true],
    ["secreT", ["secret"], false],
    ["secre", ["secret"], false],
    ["secret, secret", ["secret"], false],
    [undefined, ["secret"], false],
    ["", [""], false],
    ["secret", [], false],
  ])("%j among %j is %s", (sent, known, expected) => {
    expect(isTokenValid(sent, known)).toBe(expected);
  });
});
