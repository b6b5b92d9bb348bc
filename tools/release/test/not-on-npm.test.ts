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

test("a page that needs our packages on npm says, until the first release, where they come from", () => {
  const pages = globSync(followers, { cwd: root });
  expect(pages.length).toBeGreaterThan(20);
  const wrong = pages.filter((page) => {
    const text = read(page);
    return text.split(notOnNpm).length - 1 !== (needsNpm.test(text) && !isReleased ? 1 : 0);
  });
  expect(wrong).toEqual([]);
});

test("build-layer says the same in its messages", () => {
  const [url = ""] = /https:[^)]+/.exec(notOnNpm) ?? [];
  expect(read("tools/build-layer/src/own-version.ts")).toContain(url);
  const heading = (/#(.*)/.exec(url)?.[1] ?? "").replaceAll("-", " ");
  expect(read("CONTRIBUTING.md").toLowerCase().replaceAll("'", "")).toContain(`\n## ${heading}\n`);
});
