import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Example, ExampleLayer } from "./examples.ts";
import { repository } from "./package-tarballs.ts";
import { findFreePort } from "./ports.ts";
import { exampleSessions } from "./readme-sessions.ts";
import { runSession } from "./shell-session.ts";

/** What every test of one run shares. */
export interface SharedRun {
  /** A temporary folder whose path has a space. */
  readonly folder: string;
  /** The user's environment of `makeUserEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
}

const notCopied = new Set(["node_modules", "dist", ".aws-sam", ".turbo", "__pycache__"]);

/** Copies an example as `cp -r` does in a fresh clone. */
export async function copyExample(name: string, to: string): Promise<void> {
  await cp(join(repository, "examples", name), to, {
    recursive: true,
    filter: (source) => !notCopied.has(basename(source)),
  });
}

/**
 * Copies an example out of the repository and types the commands of its README up to `sam build`, once in a run.
 * Returns the project's folder, which all tests share: they must not change what was built.
 * Errors: rejects with the output of the command that failed.
 */
export async function buildExample(
  { name }: Pick<Example, "name">,
  { folder, environment }: SharedRun,
): Promise<string> {
  const project = join(folder, "projects", name);
  await mkdir(join(folder, "projects"), { recursive: true });
  await once(`${project}.built`, async () => {
    await copyExample(name, project);
    await changePorts(project);
    for (const session of exampleSessions(name, project).build) {
      await runSession(session, { cwd: project, env: environment });
    }
  });
  return project;
}

/** Does the work that `mark` stands for, unless another test file of this run did it; waits while one does it. */
async function once(mark: string, work: () => Promise<void>): Promise<void> {
  const lock = `${mark}.lock`;
  while (!existsSync(mark)) {
    if (!(await isTaken(lock))) {
      await delay(50);
      continue;
    }
    try {
      if (!existsSync(mark)) await work();
      await writeFile(mark, "");
    } finally {
      await rm(lock);
    }
  }
}

/** True if this process has the lock now: a file with its owner's pid. A lock whose owner has ended is removed. */
async function isTaken(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const owner = Number(await readFile(lock, "utf8").catch(() => ""));
    if (owner > 0 && !isRunning(owner)) await rm(lock, { force: true });
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Replaces the ports that an example names by free ones, as a reader does whose ports are taken. */
async function changePorts(folder: string): Promise<void> {
  const free = new Map([
    ["4566", await findFreePort()],
    ["8088", await findFreePort()],
  ]);
  for (const name of ["README.md", "template.yaml"]) {
    const text = readFileSync(join(folder, name), "utf8");
    await writeFile(
      join(folder, name),
      text.replaceAll(/\b(4566|8088)\b/g, (port) => String(free.get(port))),
    );
  }
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
