import { expect, test } from "vitest";
import { writeBetween } from "./write-between.ts";

test("replaces what stands between the markers and nothing else", () => {
  const document = "a\n<!-- x:start -->\nold\n<!-- x:end -->\nb\n";
  expect(writeBetween(document, "x", "new")).toBe("a\n<!-- x:start -->\nnew\n<!-- x:end -->\nb\n");
});

test("refuses a document without the markers", () => {
  expect(() => writeBetween("a", "x", "new")).toThrow("x:start");
});
