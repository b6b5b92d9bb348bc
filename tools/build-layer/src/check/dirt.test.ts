import { expect, test } from "vitest";
import { dirtOf } from "./dirt.ts";

// The emulator's conformance has the same list: the test of its left-behind.ts has this table too.
test.each([
  [".DS_Store", true],
  ["._hello", true],
  ["__MACOSX", true],
  ["Thumbs.db", true],
  ["thumbs.db", true],
  ["desktop.ini", true],
  [".directory", true],
  [".nfs0000a1", true],
  ["hello~", true],
  ["#hello#", true],
  [".#hello", true],
  [".hello.swp", true],
  ["hello.bak", true],
  ["hello.orig", true],
  ["hello.tmp", true],
  ["hello", false],
  ["hello.sh", false],
  [".hello", false],
  ["hello.swp.sh", false],
  ["backup", false],
  ["README.md", false],
] as const)("%s: %s", (name, isLeft) => {
  expect(dirtOf(`extensions/${name}`) !== undefined).toBe(isLeft);
});

test("takes what lies in a folder that macOS left for dirt too", () => {
  expect(dirtOf("__MACOSX/x/index.cjs")).toBe("of macOS");
});
