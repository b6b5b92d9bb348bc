import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { watchTree } from "./watch-tree.ts";

let folder: string;
let found: string[];
let changed: Set<string>;
let watcher: { readonly close: () => void };
const at = (...names: readonly string[]): string => join(folder, ...names);
const start = (path: string): void => {
  watcher = watchTree({
    roots: [{ path, isIgnored: (name) => name === "node_modules" }],
    onFound: (file) => found.push(file),
    onChange: (file) => changed.add(file),
    onProblem: (message) => changed.add(message),
  });
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator watch "));
  found = [];
  changed = new Set();
  await mkdir(at("code/lib"), { recursive: true });
  await mkdir(at("code/node_modules"));
  for (const file of ["code/a.mjs", "code/lib/b.mjs", "code/node_modules/c.mjs", "event.json"]) {
    await writeFile(at(file), "1");
  }
});
afterEach(async () => {
  watcher.close();
  await rm(folder, { recursive: true });
});

describe("watchTree", () => {
  test("finds the existing files, without the ignored ones", () => {
    start(at("code"));
    expect(found.sort()).toEqual([at("code/a.mjs"), at("code/lib/b.mjs")]);
  });

  test("tells of a file that is written, replaced or removed, at any depth", async () => {
    start(at("code"));
    await writeFile(at("code/lib/b.mjs"), "2");
    await writeFile(at("new"), "2");
    await rename(at("new"), at("code/a.mjs"));
    await expect.poll(() => [...changed].sort()).toEqual([at("code/a.mjs"), at("code/lib/b.mjs")]);
    changed.clear();
    await rm(at("code/a.mjs"));
    await expect.poll(() => [...changed]).toEqual([at("code/a.mjs")]);
  });

  test("tells of the files in a folder that is made later, and of their changes", async () => {
    start(at("code"));
    await mkdir(at("made/deep"), { recursive: true });
    await writeFile(at("made/deep/d.mjs"), "1");
    await rename(at("made"), at("code/made"));
    await expect.poll(() => [...changed]).toContain(at("code/made/deep/d.mjs"));
    changed.clear();
    await writeFile(at("code/made/deep/d.mjs"), "2");
    await expect.poll(() => [...changed]).toContain(at("code/made/deep/d.mjs"));
  });

  test("goes on with the folder that takes the place of a watched one", async () => {
    start(at("code"));
    await mkdir(at("next"));
    await writeFile(at("next/a.mjs"), "2");
    await rename(at("code"), at("old"));
    await rename(at("next"), at("code"));
    await expect.poll(() => [...changed]).toContain(at("code/a.mjs"));
    changed.clear();
    await writeFile(at("code/a.mjs"), "3");
    await expect.poll(() => [...changed]).toContain(at("code/a.mjs"));
    await writeFile(at("old/lib/b.mjs"), "3");
    await writeFile(at("code/last.mjs"), "");
    await expect.poll(() => [...changed]).toContain(at("code/last.mjs"));
    expect(changed).not.toContain(at("code/lib/b.mjs"));
  });

  test("watches one file without its neighbours, also when it is replaced", async () => {
    start(at("event.json"));
    await writeFile(at("other.json"), "1");
    await writeFile(at("new"), "2");
    await rename(at("new"), at("event.json"));
    await expect.poll(() => [...changed]).toEqual([at("event.json")]);
  });

  test("tells of no ignored file, and of no file after it is closed", async () => {
    start(at("code"));
    await writeFile(at("code/node_modules/c.mjs"), "2");
    await writeFile(at("code/a.mjs"), "2");
    await expect.poll(() => [...changed]).toEqual([at("code/a.mjs")]);
    watcher.close();
    changed.clear();
    const other = watchTree({
      roots: [{ path: at("code"), isIgnored: () => false }],
      onFound: () => {},
      onChange: (file) => found.push(file),
      onProblem: () => {},
    });
    await writeFile(at("code/z.mjs"), "3");
    await expect.poll(() => found).toContain(at("code/z.mjs"));
    other.close();
    expect(changed).toEqual(new Set());
  });
});
