import { expect, test } from "vitest";
import { isLeftBehind } from "./left-behind.ts";

// `build-layer --check` has the same list: the test of its dirt.ts has this table too.
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
  expect(isLeftBehind(name)).toBe(isLeft);
});
