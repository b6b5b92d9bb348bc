import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLinkedPackages } from "./linked-packages.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "emulator linked ")));
});
afterEach(() => rm(folder, { recursive: true }));

async function writePackage(name: string, dependencies: readonly string[] = []): Promise<void> {
  const path = join(folder, name, "package.json");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ dependencies: Object.fromEntries(dependencies.map((one) => [one, "*"])) }));
}
async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(join(folder, from)), { recursive: true });
  await symlink(join(folder, to), join(folder, from));
}

test("finds linked dependencies and their dependencies, hoisted ones too, each once, also in a circle", async () => {
  await writePackage("layer", ["@us/near", "hoisted", "installed", "missing"]);
  await writePackage("packages/near", ["hoisted"]);
  await writePackage("packages/far", ["@us/near"]);
  await writePackage("layer/node_modules/installed", ["hoisted"]);
  await link("layer/node_modules/@us/near", "packages/near");
  await link("node_modules/hoisted", "packages/far");
  await link("packages/far/node_modules/@us/near", "packages/near");
  const found = await findLinkedPackages(join(folder, "layer"));
  expect([...found].sort()).toEqual([join(folder, "packages/far"), join(folder, "packages/near")]);
});

test("finds nothing for a folder that is no package", async () => {
  expect(await findLinkedPackages(folder)).toEqual([]);
});
