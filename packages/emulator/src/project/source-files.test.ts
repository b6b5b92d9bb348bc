import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findNewerSource } from "./source-files.ts";

const built = 1_700_000_000;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "source-files-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, seconds: number): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), "");
  utimesSync(join(folder, path), seconds, seconds);
}

const find = (...paths: readonly string[]) =>
  findNewerSource(
    paths.map((path) => join(folder, path)),
    built * 1000,
  );

test("finds a file that was changed later at any depth, and no other file", async () => {
  write("function/app.py", built);
  write("function/deep/er/data.json", built - 1);
  expect(await find("function", "nowhere")).toBeUndefined();
  write("function/deep/er/data.json", built + 1);
  expect(await find("nowhere", "function")).toBe(join(folder, "function/deep/er/data.json"));
});

test("looks at a named file, such as a zip", async () => {
  write("layer.zip", built + 1);
  expect(await find("layer.zip")).toBe(join(folder, "layer.zip"));
});

test.each([
  "node_modules/x/index.js",
  "dist/index.js",
  ".aws-sam/build.toml",
  "__pycache__/app.pyc",
  "app.test.ts",
  "README.md",
])("leaves %s out: it is built, installed, or in no bundle", async (path) => {
  write(`layer/${path}`, built + 1);
  expect(await find("layer")).toBeUndefined();
});

test("looks into a named folder of any name, and follows no link", async () => {
  write("layer/dist/extensions/one", built + 1);
  mkdirSync(join(folder, "linked"));
  symlinkSync(join(folder, "layer/dist/extensions"), join(folder, "linked/extensions"));
  expect(await find("linked")).toBeUndefined();
  expect(await find("layer/dist")).toBe(join(folder, "layer/dist/extensions/one"));
});
