import { existsSync } from "node:fs";
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOnce } from "./move-into-place.ts";
import { repository } from "./package-tarballs.ts";
import { runChecked, runCommand } from "./run-command.ts";

const version = "4.0.2";
const folder = join(repository, `.cache/aws-lambda-ric-${version}`);

/** The folder of AWS's runtime client for Node.js, if `findMissingNodeClient` found nothing missing. */
export const nodeClient = join(folder, "node_modules/aws-lambda-ric");

/**
 * Returns why AWS's runtime client for Node.js cannot run here; empty if it can. npm builds its native add-on: once, in
 * under a minute on two free cores, kept in the repository's `.cache`. Errors: rejects if `CI=true` and npm fails.
 */
export async function findMissingNodeClient(env: NodeJS.ProcessEnv): Promise<string> {
  if (existsSync(folder)) return "";
  if (Number(process.versions.node.split(".")[0]) < 22) return `aws-lambda-ric ${version} needs Node.js 22.`;
  for (const tool of ["c++", "make", "cmake"]) {
    const found = await runCommand({ file: "sh", args: ["-c", `command -v ${tool}`] });
    if (found.status !== 0) return `aws-lambda-ric is built with ${tool}, which is not installed.`;
  }
  return makeOnce(folder, "aws-lambda-ric could not be installed", (beside) => install(beside, env));
}

async function install(to: string, env: NodeJS.ProcessEnv): Promise<void> {
  // The curl inside it cannot be built in a folder whose path has a space, as the repository's may.
  const workshop = await mkdtemp(join(await realpath(tmpdir()), "aws-lambda-ric-"));
  try {
    await writeFile(join(workshop, "package.json"), '{ "private": true }');
    await runChecked({
      file: "npm",
      args: ["install", "--no-audit", "--no-fund", `aws-lambda-ric@${version}`],
      cwd: workshop,
      env: { ...env, TMPDIR: workshop, npm_config_ignore_scripts: "false" },
    });
    await cp(workshop, to, { recursive: true, verbatimSymlinks: true });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}
