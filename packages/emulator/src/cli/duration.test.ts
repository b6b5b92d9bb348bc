import { describe, expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

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
