import { readdir, stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { Host } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { Recipe } from "./plan-code.ts";
import { runBuild } from "./run-build.ts";

/**
 * Runs `make build-<LogicalId>` as `sam build` with `build_in_source` does, into an empty folder.
 * Errors: `EmulatorError` with make's output if it fails, and if it writes nothing.
 */
export async function runMake(
  { logicalId, path, workingFolder = path, artifactsFolder }: MakeTarget,
  host: Host,
  onOutput: (text: string) => void,
): Promise<void> {
  const makefile = join(path, "Makefile");
  const goal = `build-${logicalId}`;
  if (!(await stat(makefile).catch(() => undefined))?.isFile()) {
    throw new EmulatorError(
      `${logicalId}: BuildMethod: makefile, but ${makefile} is not there; write a target ${goal}`,
    );
  }
  const command = {
    logicalId,
    file: "make",
    args: ["--makefile", makefile, goal],
    shown: `make ${goal}`,
    folder: workingFolder,
    env: { ARTIFACTS_DIR: artifactsFolder },
  };
  await runBuild(command, host, onOutput);
  if ((await readdir(artifactsFolder)).length === 0) {
    throw new EmulatorError(`${logicalId}: make ${goal} put nothing into ARTIFACTS_DIR (${makefile})`);
  }
}

type MakeTarget = Extract<Recipe, { kind: "make" }> & { readonly artifactsFolder: string };

/**
 * Runs a package's build script with the programs of its node_modules on PATH, as `npm run build` does but without
 * npm, whose start takes longer than such a build. Errors: `EmulatorError` with its output if it fails, and if it does
 * not write the layer.
 */
export async function runScript(
  { logicalId, path, packageFolder, script }: Extract<Recipe, { kind: "package" }>,
  host: Host,
  onOutput: (text: string) => void,
): Promise<void> {
  const command = {
    logicalId,
    file: "sh",
    args: ["-c", script],
    shown: `\`${script}\``,
    folder: packageFolder,
    env: { PATH: [...binFolders(packageFolder), host.env["PATH"] ?? ""].join(delimiter) },
  };
  await runBuild(command, host, onOutput);
  if ((await stat(path).catch(() => undefined)) !== undefined) return;
  throw new EmulatorError(`layer ${logicalId}: \`${script}\` did not write ContentUri ${path}; correct one of the two`);
}

function binFolders(folder: string): readonly string[] {
  const own = join(folder, "node_modules", ".bin");
  return dirname(folder) === folder ? [own] : [own, ...binFolders(dirname(folder))];
}
