import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { makeProject } from "../../test/project-folder.ts";
import type { ProjectFolder } from "../../test/project-folder.ts";
import { readProject } from "../config/project.ts";
import { findAssets } from "./assets.ts";

const opened: ProjectFolder[] = [];
afterEach(() => {
  for (const project of opened.splice(0)) project.remove();
});

function project(assets: readonly string[], files: readonly string[] = []): ProjectFolder {
  const made = makeProject({ name: "hello", entry: "src/main.ts", assets });
  opened.push(made);
  for (const file of files) made.put(file, `text of ${file}`);
  return made;
}

const found = async ({ folder }: ProjectFolder): Promise<readonly string[]> => {
  const { files, problems } = await findAssets(readProject(folder));
  expect(problems).toEqual([]);
  return files.map(({ path }) => path).toSorted();
};

test.each<[readonly string[], readonly string[]]>([
  [["src/rules.json"], ["rules.json"]],
  [["./src/rules.json"], ["rules.json"]],
  [["src/pages"], ["pages/a.html", "pages/deep/b.html"]],
  [["src/pages/"], ["pages/a.html", "pages/deep/b.html"]],
  [["src/pages/*.html"], ["a.html"]],
  [["src/**/*.html"], ["pages/a.html", "pages/deep/b.html"]],
  [["src/{rules,other}.json"], ["rules.json"]],
  [["src/[[]id].txt"], ["[id].txt"]],
  [["src/[id].txt"], ["[id].txt"]],
  [["{src,lib}/rules.json"], ["src/rules.json"]],
  [["../shared/x.json"], ["x.json"]],
  [["src/.hidden"], [".hidden"]],
  [["node_modules/pack/data/*.dat"], ["one.dat"]],
  [["src/rules.json", "src/*.json"], ["rules.json"]],
])("copies %j to %j", async (assets, expected) => {
  const files = ["src/rules.json", "src/pages/a.html", "src/pages/deep/b.html", "src/[id].txt", "src/.hidden"];
  const made = project(assets, [...files, "../shared/x.json", "node_modules/pack/data/one.dat"]);
  expect(await found(made)).toEqual(expected);
});

test("finds nothing in node_modules and in its own dist, unless the pattern names them", async () => {
  const files = ["a.txt", "node_modules/pack/b.txt", "dist/layer/hello/c.txt"];
  expect(await found(project(["**/*.txt"], files))).toEqual(["a.txt"]);
  expect(await found(project(["."], files))).toEqual(
    ["a.txt", "package.json", "src/main.ts"].map((path) => `my extension/${path}`),
  );
  expect(await found(project(["dist/layer/**/*.txt"], files))).toEqual(["hello/c.txt"]);
});

test("follows links, and gives modes that do not depend on this machine", async () => {
  const made = project(["tools", "linked.txt"], ["tools/run.sh", "tools/notes.txt", "../elsewhere/d/x.txt"]);
  chmodSync(join(made.folder, "tools/run.sh"), 0o700);
  chmodSync(join(made.folder, "tools/notes.txt"), 0o600);
  symlinkSync("../../elsewhere/d", join(made.folder, "tools/d"));
  symlinkSync("../elsewhere/d/x.txt", join(made.folder, "linked.txt"));
  const { files } = await findAssets(readProject(made.folder));
  expect(Object.fromEntries(files.map(({ path, mode }) => [path, mode]))).toEqual({
    "linked.txt": 0o644,
    "tools/d/x.txt": 0o644,
    "tools/notes.txt": 0o644,
    "tools/run.sh": 0o755,
  });
});

test("names every pattern without files, and every file that cannot lie there", async () => {
  const made = project(
    ["src/none.json", "none/*.txt", "src/index.cjs", "src/bin", "src/a/x.txt", "src/b/x.txt", "odd/*"],
    ["src/index.cjs", "src/bin/tool", "src/a/x.txt", "src/b/x.txt"],
  );
  mkdirSync(join(made.folder, "odd"));
  execFileSync("mkfifo", ["odd/pipe"], { cwd: made.folder });
  symlinkSync("nowhere", join(made.folder, "odd/broken"));
  const { problems } = await findAssets(readProject(made.folder));
  expect(problems).toEqual([
    expect.stringMatching(/^lambdaExtension\.assets: expected files at "src\/none\.json", got none in .*src$/),
    expect.stringMatching(/^lambdaExtension\.assets: expected files at "none\/\*\.txt", got no folder .*none$/),
    expect.stringMatching(/expected a file that may lie beside the bundle, got .*src\/index\.cjs as "index\.cjs"$/),
    expect.stringMatching(/expected a file that may lie beside the bundle, got .*tool as "bin\/tool"$/),
    expect.stringMatching(/expected one file to become "x\.txt", got .*src\/a\/x\.txt and .*src\/b\/x\.txt$/),
    expect.stringMatching(/odd/),
  ]);
});
