import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = readFileSync(join(root, "docs/life-cycle.md"), "utf8");
const files = [...page.matchAll(/\*\*`([^`]+)`\*\*\n\n```\w+\n([\s\S]*?)```/g)].map(([, path = "", text = ""]) => ({
  path,
  text,
}));
const [, commands = ""] = /```sh\nnpm install\n([\s\S]*?)```/.exec(page) ?? [];

const folder = mkdtempSync(join(tmpdir(), "ten minutes "));
beforeAll(() => {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  // In place of `npm install`: the packages of this repository, which are not published yet when this runs.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@lambda-extension"), { recursive: true });
  mkdirSync(join(modules, ".bin"));
  for (const [name, path] of [
    ["core", "packages/core"],
    ["build-layer", "tools/build-layer"],
    ["emulator", "packages/emulator"],
  ] as const) {
    symlinkSync(join(root, path), join(modules, "@lambda-extension", name));
  }
  symlinkSync(join(root, "tools/build-layer/bin/build-layer.js"), join(modules, ".bin/build-layer"));
  symlinkSync(join(root, "packages/emulator/bin/lambda-emulator.js"), join(modules, ".bin/lambda-emulator"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the extension of the page builds and runs with the commands of the page", async () => {
  expect(files.map(({ path }) => path)).toEqual(["package.json", "src/main.ts", "template.yaml", "function/index.mjs"]);
  const { stdout, stderr } = await promisify(execFile)("bash", ["-ec", commands], { cwd: folder });
  expect(stdout + stderr).toMatch(/[0-9a-f-]{36} took \d+ ms/);
  expect(stdout + stderr).toContain("slow requests: 1, reason: spindown");
}, 60_000);
