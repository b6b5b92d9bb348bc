import { existsSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Example, ExampleLayer } from "./examples.ts";
import { repository } from "./package-tarballs.ts";
import { runOrFail } from "./run-command.ts";

/** What every test of one run shares. */
export interface SharedRun {
  /** A temporary folder whose path has a space. */
  readonly folder: string;
  /** The user's environment of `makeUserEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
}

const notCopied = new Set(["node_modules", "dist", ".aws-sam", ".turbo", "__pycache__"]);

/** Copies an example as `cp -r` of a fresh clone does. */
export async function copyExample(name: string, to: string): Promise<void> {
  await cp(join(repository, "examples", name), to, {
    recursive: true,
    filter: (source) => !notCopied.has(basename(source)),
  });
}

/**
 * The folder of an example that was copied out of the repository, installed with npm and built with `sam build`; once
 * in a run, so tests must not write to it. Errors: rejects with the output of the step that failed.
 */
export async function buildExample(example: Example, { folder, environment }: SharedRun): Promise<string> {
  const project = join(folder, "projects", example.name);
  const done = `${project}.built`;
  if (existsSync(done)) return project;
  await copyExample(example.name, project);
  const step = (file: string, ...args: string[]) => runOrFail({ file, args, cwd: project, env: environment });
  for (const layer of example.layers) {
    if (existsSync(join(project, layer.folder, "package.json"))) await step("npm", "install", "--prefix", layer.folder);
    if (layer.isPrebuilt) await step("npm", "run", "build", "--prefix", layer.folder);
  }
  await step("sam", "build");
  await writeFile(done, "");
  return project;
}

/** What becomes /var/task: the function as `sam build` made it. */
export function taskFolder(project: string, example: Example): string {
  return join(project, ".aws-sam/build", example.functionId);
}

/** What becomes /opt: the layer as `sam build` made it, or as the template has it. */
export function layerFolder(project: string, layer: ExampleLayer): string {
  return layer.isPrebuilt
    ? join(project, layer.folder, "dist/layer")
    : join(project, ".aws-sam/build", layer.logicalId);
}
