import { globSync } from "node:fs";
import { runChecked, runCommand } from "./run-command.ts";
import type { Command, CommandResult } from "./run-command.ts";

/** Options of apt-get: it waits while another program installs, and asks a failing mirror again. */
const patience = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=5"];

/** Installs packages with apt-get, as root, and reports it. Errors: rejects only if apt-get cannot be started. */
export async function installDebianPackages(...names: readonly string[]): Promise<CommandResult> {
  console.warn(`Installing ${names.join(", ")} with apt-get.`);
  await runCommand(aptGet("update"));
  return runCommand(aptGet("install", "--yes", "--no-install-recommends", ...names));
}

/**
 * Unpacks a package into an existing folder; installs and starts nothing. Errors: rejects with the output of the step
 * that failed.
 */
export async function unpackDebianPackage(name: string, folder: string): Promise<void> {
  await runCommand(aptGet("update"));
  await runChecked({ ...aptGet("download", name), cwd: folder });
  for (const file of globSync("*.deb", { cwd: folder })) {
    await runChecked({ file: "dpkg-deb", args: ["--extract", file, "."], cwd: folder });
  }
}

function aptGet(...args: readonly string[]): Command {
  return {
    file: "apt-get",
    args: [...patience, "--quiet", ...args],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
}
