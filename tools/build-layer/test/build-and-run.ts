import { execFile } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { ProjectFolder } from "./project-folder.ts";

export const bin = fileURLToPath(new URL("../bin/build-layer.js", import.meta.url));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runNode(args: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

export function buildLayer({ folder }: ProjectFolder, args: readonly string[]): Promise<Ran> {
  return runNode([bin, ...args], folder);
}

/** Builds a program that the test runs itself: most of them are no extensions, so the build does not start them. */
export function build(project: ProjectFolder, args: readonly string[] = []): Promise<Ran> {
  return buildLayer(project, ["--no-start", ...args]);
}

/** Builds, copies the layer to where no source and no node_modules is near, and runs the bundle there. */
export async function buildAndRun(
  made: ProjectFolder,
): Promise<{ readonly built: Ran; readonly ran: Ran; readonly opt: string }> {
  const built = await build(made);
  expect(built).toMatchObject({ code: 0 });
  const opt = join(dirname(made.folder), "opt");
  rmSync(opt, { recursive: true, force: true });
  cpSync(join(made.folder, "dist/layer"), opt, { recursive: true });
  return { built, ran: await runNode([join(opt, "hello/index.cjs")], "/"), opt };
}
