import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { followText, followVersions, notOnNpm, unreleased } from "./follow-versions.ts";

const versions = new Map([["@lambda-extension/core", "0.2.0"]]);

test.each([
  ['{ "@lambda-extension/core": "^0.1.0" }', '{ "@lambda-extension/core": "^0.2.0" }'],
  ['{ "@lambda-extension/core": "^0.1.0-next.1" }', '{ "@lambda-extension/core": "^0.2.0" }'],
  ['{ "@lambda-extension/core": "workspace:^" }', '{ "@lambda-extension/core": "workspace:^" }'],
  ['{ "typescript": "^7.0.0" }', '{ "typescript": "^7.0.0" }'],
  ['{ "version": "0.1.0" }', '{ "version": "0.1.0" }'],
  [`Above.\n\n${notOnNpm}Below.\n`, "Above.\n\nBelow.\n"],
])("%s → %s", (text, followed) => {
  expect(followText(text, versions)).toBe(followed);
});

test("keeps the paragraph about npm until the first release", () => {
  const text = `${notOnNpm}Below.\n`;
  expect(followText(text, new Map([["@lambda-extension/core", unreleased]]))).toBe(text);
});

test("follows published packages in documents, and returns the files that changed", () => {
  const root = mkdtempSync(join(tmpdir(), "follow versions "));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("packages/core/package.json", '{ "name": "@lambda-extension/core", "version": "0.2.0" }');
  write("tools/sam/package.json", '{ "name": "@lambda-extension/sam", "version": "0.2.0", "private": true }');
  const old = '"@lambda-extension/core": "^0.1.0", "@lambda-extension/sam": "^0.1.0"';
  const followers = ["README.md", "docs/layers.md", "examples/a/README.md", "packages/core/README.md"];
  for (const path of [...followers, "packages/core/CHANGELOG.md", "docs/adr/0001-a.md"]) write(path, old);
  expect(followVersions(root)).toEqual(followers);
  expect(followVersions(root)).toEqual([]);
  for (const path of followers) expect(readFileSync(join(root, path), "utf8")).toBe(old.replace("^0.1.0", "^0.2.0"));
  expect(readFileSync(join(root, "packages/core/CHANGELOG.md"), "utf8")).toBe(old);
});
