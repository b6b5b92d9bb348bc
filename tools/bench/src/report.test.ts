import { expect, test } from "vitest";
import { gateLines, holds, table, writeBetween } from "./report.ts";

test("reports of each promise whether it held, and its figure", () => {
  expect(
    gateLines([
      { promise: "a ÷ b", value: 1.0449, limit: 1.2 },
      { promise: "kB", value: 150.04, limit: 150 },
    ]),
  ).toEqual(["held    a ÷ b: 1.045 (limit 1.2)", "BROKEN  kB: 150.0 (limit 150)"]);
});

test("treats a figure that could not be measured as a broken promise", () => {
  expect(holds({ value: NaN, limit: 1 })).toBe(false);
});

test("aligns the figures of a table to the right", () => {
  expect(table(["name", "ms"], [["a", "1"]])).toBe("| name | ms |\n|---|--:|\n| a | 1 |");
});

test("replaces the text between the markers and nothing else", () => {
  const document = "a\n<!-- x:start -->\nold\n<!-- x:end -->\nb\n";
  expect(writeBetween(document, "x", "new")).toBe("a\n<!-- x:start -->\nnew\n<!-- x:end -->\nb\n");
});

test("refuses a document without the markers", () => {
  expect(() => writeBetween("a", "x", "new")).toThrow("x:start");
});
