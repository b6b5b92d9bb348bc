import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { codeVersion } from "./code-version.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "code-version-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("stays while files inside a folder change", () => {
  const before = codeVersion([folder]);
  writeFileSync(join(folder, "index.mjs"), "");
  expect(codeVersion([folder])).toBe(before);
});

test("changes if another folder takes its place, and if it is gone", () => {
  const [built, next] = [join(folder, "built"), join(folder, "next")];
  for (const path of [built, next]) mkdirSync(path);
  const before = codeVersion([built]);
  renameSync(built, join(folder, "old"));
  expect(codeVersion([built])).not.toBe(before);
  renameSync(next, built);
  expect(codeVersion([built])).not.toBe(before);
});

test("changes if a zip file is written again", () => {
  const zip = join(folder, "layer.zip");
  writeFileSync(zip, "a");
  const before = codeVersion([zip]);
  writeFileSync(zip, "ab");
  expect(codeVersion([zip])).not.toBe(before);
});
