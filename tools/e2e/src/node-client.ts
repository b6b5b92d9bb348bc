import { existsSync } from "node:fs";
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moveIntoPlace } from "./move-into-place.ts";
import { repository } from "./package-tarballs.ts";
import { runChecked, runCommand } from "./run-command.ts";

const version = "4.0.2";
const folder = join(repository, `.cache/aws-lambda-ric-${version}`);

/** The folder of AWS's runtime client for Node.js, where `findMissingNodeClient` found nothing missing. */
export const nodeClient = join(folder, "node_modules/aws-lambda-ric");

/**
 * Why AWS's runtime client for Node.js cannot be had here; empty where it can. A native add-on that is built where it
 * is installed: once, under a minute on two free cores, kept in the repository's `.cache`. Errors: rejects where
 * `CI=true` and it fails.
 */
export async function findMissingNodeClient(env: NodeJS.ProcessEnv): Promise<string> {
  if (existsSync(folder)) return "";
  if (Number(process.versions.node.split(".")[0]) < 22) return `aws-lambda-ric ${version} needs Node.js 22.`;
  for (const tool of ["c++", "make", "cmake"]) {
    const found = await runCommand({ file: "sh", args: ["-c", `command -v ${tool}`] });
    if (found.status !== 0) return `aws-lambda-ric is built with ${tool}, which is not installed.`;
  }
  // The curl inside it cannot be built in a folder whose path has a space, as the repository's may.
  const workshop = await mkdtemp(join(await realpath(tmpdir()), "aws-lambda-ric-"));
  const beside = `${folder}.${process.pid}`;
  await writeFile(join(workshop, "package.json"), '{ "private": true }');
  try {
    const args = ["install", "--no-audit", "--no-fund", `aws-lambda-ric@${version}`];
    await runChecked({
      file: "npm",
      args,
      cwd: workshop,
      env: { ...env, TMPDIR: workshop, npm_config_ignore_scripts: "false" },
    });
    await cp(workshop, beside, { recursive: true, verbatimSymlinks: true });
    await moveIntoPlace(beside, folder);
    return "";
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    return `aws-lambda-ric could not be installed: ${String(error).slice(-500)}`;
  } finally {
    for (const left of [workshop, beside]) await rm(left, { recursive: true, force: true });
  }
}
