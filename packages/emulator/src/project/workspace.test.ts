import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeHost } from "../../test/fake-host.ts";
import { createFakeProject, makefileText } from "../../test/fake-project.ts";
import type { FakeProject } from "../../test/fake-project.ts";
import type { CodePlan } from "./plan-code.ts";
import { createWorkspace } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

let project: FakeProject;
let workspace: Workspace;
let notes: string[];
let plan: CodePlan;
beforeEach(async () => {
  project = await createFakeProject();
  notes = [];
  const host = createFakeHost(project.folder);
  workspace = createWorkspace({ host, onNote: (text) => notes.push(text), onBuildOutput: () => {} });
  const path = join(project.folder, "layer");
  plan = {
    code: { kind: "ready", logicalId: "HelloFunction", path: join(project.folder, "function") },
    layers: [{ kind: "make", logicalId: "HelloLayer", path, workingFolder: undefined }],
  };
});
afterEach(async () => {
  await workspace.close();
  await project.close();
});

const buildLayer = async (): Promise<string> => (await workspace.prepare(plan)).layers[0] ?? "";

describe("workspace", () => {
  test("builds each thing once", async () => {
    expect(await buildLayer()).toBe(await buildLayer());
    expect(notes).toEqual(["Building HelloLayer (make build-HelloLayer in layer)"]);
  });

  test("tries a failed build again", async () => {
    await project.write({ "layer/Makefile": "build-HelloLayer:\n\tfalse\n" });
    await expect(buildLayer()).rejects.toThrow("make build-HelloLayer failed");
    await project.write({ "layer/Makefile": makefileText });
    expect(await readdir(await buildLayer())).toEqual(["extensions"]);
  });

  test("builds a forgotten layer into another folder and keeps the old one until it sweeps", async () => {
    const before = await buildLayer();
    workspace.forget("HelloLayer");
    const after = await buildLayer();
    expect([existsSync(before), existsSync(after)]).toEqual([true, true]);
    await workspace.sweep();
    expect([existsSync(dirname(before)), existsSync(after)]).toEqual([false, true]);
  });

  test("sweeps only its own builds", async () => {
    await workspace.prepare(plan);
    workspace.forget("HelloFunction");
    await workspace.sweep();
    expect(existsSync(plan.code.path)).toBe(true);
  });

  test("runs the script of a package with the programs of its node_modules and of those above", async () => {
    await project.write({ "pkg/node_modules/.bin/one": "", "node_modules/.bin/two": "" });
    const packageFolder = join(project.folder, "pkg");
    const path = join(packageFolder, "dist");
    const script = 'mkdir dist && echo "$PATH" > dist/path';
    await workspace.prepare({
      ...plan,
      layers: [{ kind: "package", logicalId: "HelloLayer", path, packageFolder, script }],
    });
    const folders = (await readFile(join(path, "path"), "utf8")).split(":");
    expect(folders[0]).toBe(join(packageFolder, "node_modules/.bin"));
    expect(folders).toContain(join(project.folder, "node_modules/.bin"));
  });

  test("says when a package's script does not write the layer", async () => {
    const recipe = {
      kind: "package",
      logicalId: "HelloLayer",
      path: join(project.folder, "no"),
      packageFolder: project.folder,
      script: "true",
    } as const;
    await expect(workspace.prepare({ ...plan, layers: [recipe] })).rejects.toThrow("`true` did not write ContentUri");
  });
});
