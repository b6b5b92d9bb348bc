import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../host/host.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { runBuild } from "./run-build.ts";

/** One target of a Makefile, as SAM's `BuildMethod: makefile` calls it. */
export interface MakeTarget {
  readonly logicalId: string;
  /** The folder of ContentUri or CodeUri, with the Makefile. */
  readonly sourceFolder: string;
  /** Where make runs; default: in the source folder. */
  readonly workingFolder?: string | undefined;
  /** An empty folder; ARTIFACTS_DIR for the Makefile. */
  readonly artifactsFolder: string;
}

/**
 * Runs `make build-<LogicalId>` as `sam build` with `build_in_source` does.
 * Errors: `EmulatorError` with make's output where it fails, and where it leaves nothing behind.
 */
export async function runMake(target: MakeTarget, host: Host, onOutput: (text: string) => void): Promise<void> {
  const { logicalId, sourceFolder, artifactsFolder, workingFolder = sourceFolder } = target;
  const makefile = join(sourceFolder, "Makefile");
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
