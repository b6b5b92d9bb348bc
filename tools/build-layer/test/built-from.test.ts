import { cpSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { buildInto, buildLayers, buildZip } from "../src/build-layer.ts";
import { changeWarning } from "../src/built-from.ts";
import { readProject } from "../src/config/project.ts";
import { makeProject } from "./project-folder.ts";

const settings = { name: "hello", entry: "src/main.ts" };
const options = { cacheFolder: "unused", say: () => {} };
let folder: string;
let put: (path: string, content: unknown) => void;

beforeEach(async () => {
  const made = makeProject(settings, 'import { a } from "a"; import { b } from "./b.ts"; console.log(a, b);');
  onTestFinished(made.remove);
  ({ folder, put } = made);
  put("src/b.ts", 'export const b = "b";');
  put("node_modules/a/package.json", { name: "a", version: "1.0.0", type: "module" });
  put("node_modules/a/index.js", 'export const a = "a";');
  await buildLayers(readProject(folder), options);
});

const paths = ["dist/layer", "dist/hello.zip"];
const warnings = (at = folder) => paths.map((path) => changeWarning(path, at));
const silence = [undefined, undefined];

describe("a layer is older than its sources", () => {
  test.each<[string, string, string]>([
    ["the entry", "src/main.ts", "console.log('other');"],
    ["a file that it imports", "src/b.ts", 'export const b = "c";'],
    ["a file of a package", "node_modules/a/index.js", 'export const a = "b";'],
    ["a package's version", "node_modules/a/package.json", '{ "version": "2.0.0" }'],
  ])("if %s has another content", (_, path, content) => {
    put(path, content);
    expect(warnings()).toEqual(
      paths.map((layer) => `${path} has changed since ${layer} was built: run npx build-layer`),
    );
  });

  test("if a setting has changed, and names the script that builds it, from another folder", () => {
    put("package.json", { scripts: { build: "build-layer" }, lambdaExtension: { ...settings, sourceMap: true } });
    expect(changeWarning("my extension/dist/layer", join(folder, ".."))).toBe(
      "my extension/package.json has changed since my extension/dist/layer was built: run npm run build in my extension",
    );
  });
});

describe("a layer is as new as its sources", () => {
  test("whatever the times of the files are", () => {
    for (const time of [1, Date.now() / 1000 + 1000]) {
      for (const path of ["src/main.ts", "src/b.ts", "package.json"]) utimesSync(join(folder, path), time, time);
      expect(warnings()).toEqual(silence);
    }
  });

  test("in a copy, without node_modules, and in a package that has only the results", () => {
    const copy = `${folder} copy`;
    cpSync(folder, copy, { recursive: true });
    expect(warnings(copy)).toEqual(silence);
    rmSync(join(copy, "node_modules"), { recursive: true });
    expect(warnings(copy)).toEqual(silence);
    rmSync(join(copy, "src"), { recursive: true });
    expect(warnings(copy)).toEqual(silence);
  });

  test("if only other keys of package.json have changed, or files that are not in the bundle", () => {
    put("package.json", { version: "2.0.0", type: "module", lambdaExtension: settings });
    put("src/main.test.ts", "");
    put("README.md", "");
    expect(warnings()).toEqual(silence);
  });

  test("after the next build", async () => {
    put("src/b.ts", 'export const b = "c";');
    await buildLayers(readProject(folder), options);
    expect(warnings()).toEqual(silence);
  });
});

test("a file that changes while the build goes on has changed since the layer was built", async () => {
  const onBundled = (): void => put("src/b.ts", 'export const b = "c";');
  await buildLayers(readProject(folder), { ...options, onBundled });
  expect(warnings()).toEqual([expect.stringContaining("src/b.ts"), expect.stringContaining("src/b.ts")]);
});

test("says nothing about a layer that --out or --zip has written again", async () => {
  put("src/b.ts", 'export const b = "c";');
  await buildInto(readProject(folder), join(folder, "dist/layer"), options);
  expect(warnings()).toEqual([undefined, expect.stringContaining("src/b.ts")]);
  await buildZip(readProject(folder), join(folder, "dist/hello.zip"), options);
  expect(warnings()).toEqual(silence);
});

test("says nothing about layers that the last build did not write, and about a damaged file", async () => {
  put("src/b.ts", 'export const b = "c";');
  await buildZip(readProject(folder), join(folder, "dist/other.zip"), options);
  expect(changeWarning("dist/other.zip", folder)).toBeUndefined();
  renameSync(join(folder, "dist/layer"), join(folder, "layer"));
  expect(changeWarning("layer", folder)).toBeUndefined();
  for (const text of ["{", "[]", '{ "outputs": 1 }']) {
    writeFileSync(join(folder, "dist/built-from.json"), text);
    expect(warnings()).toEqual(silence);
  }
});

test("the file beside the layer has no time and no folder of this machine", () => {
  const text = readFileSync(join(folder, "dist/built-from.json"), "utf8");
  expect(Object.keys(JSON.parse(text).files)).toEqual([
    "node_modules/a/index.js",
    "node_modules/a/package.json",
    "src/b.ts",
    "src/main.ts",
  ]);
  expect(text).not.toContain(folder);
});
