import { delimiter, dirname, join } from "node:path";
import type { Host } from "../host/host.ts";
import { runBuild } from "./run-build.ts";

/** The build script of a package. */
export interface PackageScript {
  readonly logicalId: string;
  readonly packageFolder: string;
  readonly script: string;
}

/**
 * Runs a package's build script with the programs of its node_modules on PATH, as `npm run build` does but without
 * npm, whose start takes longer than such a build. Errors: `EmulatorError` with its output where it fails.
 */
export async function runScript(
  { logicalId, packageFolder, script }: PackageScript,
  host: Host,
  onOutput: (text: string) => void,
): Promise<void> {
  const path = [...binFolders(packageFolder), host.env["PATH"] ?? ""].join(delimiter);
  const command = {
    logicalId,
    file: "sh",
    args: ["-c", script],
    shown: `\`${script}\``,
    folder: packageFolder,
    env: { PATH: path },
  };
  await runBuild(command, host, onOutput);
}

function binFolders(folder: string): readonly string[] {
  const own = join(folder, "node_modules", ".bin");
  return dirname(folder) === folder ? [own] : [own, ...binFolders(dirname(folder))];
}
