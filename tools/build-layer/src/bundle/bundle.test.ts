import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { makeProject } from "../../test/project-folder.ts";
import type { ProjectFolder } from "../../test/project-folder.ts";
import { bundleEntry } from "./bundle.ts";
import type { Bundle } from "./bundle.ts";

const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

function project(source: string): ProjectFolder {
  const made = makeProject({}, source);
  opened.push(made);
  return made;
}

const settings = {
  sourceMap: false,
  engine: "shared",
  runtime: "node",
  external: [],
  loader: {},
  keepNames: false,
} as const;

function bundle({ folder }: ProjectFolder, sourceMap = false): Promise<Bundle> {
  return bundleEntry({
    folder,
    entry: { kind: "file", path: join(folder, "src/main.ts") },
    settings: { ...settings, sourceMap },
  });
}

test("makes one small CommonJS file without a source map", async () => {
  const made = project(
    'import { used } from "./part.ts"; import { createServer } from "node:net"; used(createServer);',
  );
  made.put(
    "src/part.ts",
    'export const used = (x: unknown): void => console.log(x); export const unused = "not in it";',
  );
  const code = new TextDecoder().decode((await bundle(made)).code);
  expect(code).toContain('require("node:net")');
  expect(code).not.toContain("not in it");
  expect(code).not.toContain("sourceMappingURL");
});

test("on request makes a map that names the sources, without their text and without this machine's folders", async () => {
  const made = project('import "../../outside/part.ts"; import "some-package"; console.log("text of the source");');
  made.put("../outside/part.ts", "console.log(1);");
  made.put("node_modules/some-package/package.json", {});
  made.put("node_modules/some-package/index.js", "console.log(2);");
  const { code, sourceMap } = await bundle(made, true);
  expect(new TextDecoder().decode(code)).toMatch(/\n\/\/# sourceMappingURL=index\.cjs\.map\n$/);
  const text = new TextDecoder().decode(sourceMap);
  expect(JSON.parse(text)).toMatchObject({
    sources: ["outside/part.ts", "node_modules/some-package/index.js", "src/main.ts"],
  });
  expect(text).not.toContain("text of the source");
});

test("says when nothing is left of the entry", async () => {
  await expect(bundle(project("interface Nothing {}"))).rejects.toThrow(
    /expected a program that does something when it is loaded, got nothing/,
  );
});

test("says which module the engine lacks", async () => {
  await expect(
    bundle(project('import { DatabaseSync } from "node:sqlite"; new DatabaseSync(":memory:");')),
  ).rejects.toThrow(/^src\/main\.ts: expected a module that Node\.js 20 has/);
});

test("gives the same bytes in every folder", async () => {
  const sources = 'import "./part.cjs"; console.log("ü");';
  const [a, b] = [project(sources), project(sources)];
  for (const { put } of [a, b]) put("src/part.cjs", "module.exports = 1;");
  expect(Buffer.from((await bundle(a)).code)).toEqual(Buffer.from((await bundle(b)).code));
});

test.each([
  ['import "./addon.node";', /src\/main\.ts:1: .*A native module cannot go into the bundle/],
  ["await 1;", /src\/main\.ts:1: Top-level await.*The bundle is CommonJS/],
  ['import "missing-package";', /src\/main\.ts:1: Could not resolve "missing-package"/],
  ["const = 1;", /src\/main\.ts:1: /],
])("says where and what for %s", async (source, message) => {
  const made = project(source);
  made.put("src/addon.node", "\0");
  await expect(bundle(made)).rejects.toThrow(message);
});

test("says what a package must export to be an entry", async () => {
  const made = project("");
  made.put("node_modules/other/package.json", { exports: { ".": "./index.js" } });
  const entry = { kind: "package", specifier: "other/extension", settings: undefined } as const;
  await expect(bundleEntry({ folder: made.folder, entry, settings })).rejects.toThrow(
    /lambdaExtension\.entry: expected a package that exports "\.\/extension", got "other\/extension"/,
  );
});
