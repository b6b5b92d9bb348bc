import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { followers, notOnNpm, unreleased } from "../src/versions/follow-versions.ts";

const root = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const isReleased = (JSON.parse(read("packages/core/package.json")) as { version: string }).version !== unreleased;

/** A command, a range or a link that works only if npm has our packages. */
const needsNpm =
  /^\$? ?npm (?:install|i)\b|npx @lambda-extension\/|npmjs\.com\/package\/@lambda|"@lambda-extension\/[\w-]+": "/m;

test("a page that needs our packages on npm says first, until the first release, where they come from", () => {
  const pages = globSync(followers, { cwd: root });
  expect(pages.length).toBeGreaterThan(20);
  const wrong = pages.filter((page) => {
    const text = read(page);
    if (isReleased || !needsNpm.test(text)) return text.includes(notOnNpm);
    const [before = ""] = text.split(needsNpm);
    return !before.includes(notOnNpm);
  });
  expect(wrong).toEqual([]);
});

test.skipIf(isReleased)(
  "each command of the main README that asks npm for a package of ours has it in its section",
  () => {
    const asking = read("README.md")
      .split(/^## /m)
      .filter((section) => /npm install --prefix layer|npx @lambda-extension/.test(section));
    expect(asking.map((section) => section.includes(notOnNpm))).toEqual([true, true]);
  },
);

test("build-layer says the same in its messages", () => {
  const [url = ""] = /https:[^)]+/.exec(notOnNpm) ?? [];
  expect(read("tools/build-layer/src/own-version.ts")).toContain(url);
  const heading = (/#(.*)/.exec(url)?.[1] ?? "").replaceAll("-", " ");
  expect(read("CONTRIBUTING.md").toLowerCase().replaceAll("'", "")).toContain(`\n## ${heading}\n`);
});
