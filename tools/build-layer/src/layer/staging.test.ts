import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeStagings, openStaging } from "./staging.ts";

let parent = "";
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "staging test "));
});
afterEach(() => rmSync(parent, { recursive: true }));

test("replaces what is in the way, as a whole, and leaves nothing else behind", () => {
  mkdirSync(join(parent, "layer"));
  writeFileSync(join(parent, "layer", "old"), "");
  writeFileSync(join(parent, "stale.zip"), "");
  const staging = openStaging(parent);
  mkdirSync(join(staging.folder, "layer"));
  writeFileSync(join(staging.folder, "layer", "new"), "");
  writeFileSync(join(staging.folder, "file"), "content");
  staging.moveTo("layer", join(parent, "layer"));
  staging.moveTo("file", join(parent, "deeper", "file"));
  staging.remove(join(parent, "stale.zip"));
  staging.remove(join(parent, "was-never-there"));
  staging.close();
  expect(readdirSync(parent).toSorted()).toEqual(["deeper", "layer"]);
  expect(readdirSync(join(parent, "layer"))).toEqual(["new"]);
  expect(readFileSync(join(parent, "deeper", "file"), "utf8")).toBe("content");
});

test("a signal's clean-up removes every open staging folder", () => {
  const staging = openStaging(parent);
  closeStagings();
  expect(existsSync(staging.folder)).toBe(false);
});

test("of two builds into the same place the later one stays, whole", () => {
  const stagings = [openStaging(parent), openStaging(parent)];
  for (const [index, staging] of stagings.entries()) {
    mkdirSync(join(staging.folder, "layer"));
    writeFileSync(join(staging.folder, "layer", String(index)), "");
  }
  for (const staging of stagings) staging.moveTo("layer", join(parent, "layer"));
  for (const staging of stagings) staging.close();
  expect(readdirSync(parent)).toEqual(["layer"]);
  expect(readdirSync(join(parent, "layer"))).toEqual(["1"]);
});

test("removes what a build that was killed left hours ago, and not what another one works in", () => {
  const [killed, working] = [openStaging(parent), openStaging(parent)];
  utimesSync(killed.folder, 0, 0);
  openStaging(parent).close();
  expect([existsSync(killed.folder), existsSync(working.folder)]).toEqual([false, true]);
  killed.close();
  working.close();
});
