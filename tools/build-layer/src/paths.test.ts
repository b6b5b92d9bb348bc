import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./paths.ts";

let parent = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "make folder "));
});
afterEach(() => rmSync(parent, { recursive: true }));

test("makes what is missing, and says whether it did", () => {
  expect(makeFolder(join(parent, "a/b"))).toBe(true);
  expect(statSync(join(parent, "a/b")).isDirectory()).toBe(true);
  expect(makeFolder(join(parent, "a/b"))).toBe(false);
});

test("goes through links to folders", () => {
  symlinkSync(parent, join(parent, "link"));
  expect(makeFolder(join(parent, "link/a"))).toBe(true);
  expect(makeFolder(join(parent, "link"))).toBe(false);
});

test.each(["file", "file/a", "dangling", "dangling/a"])("does not replace what is in the way: %s", (name) => {
  writeFileSync(join(parent, "file"), "");
  symlinkSync(join(parent, "nothing"), join(parent, "dangling"));
  expect(() => makeFolder(join(parent, name))).toThrow(/^EEXIST/);
});

test.runIf(process.platform === "linux")("stops if the file system lets no user make a folder", () => {
  expect(() => makeFolder("/proc/nothing/a")).toThrow(/^ENOENT/);
});
