import { existsSync, globSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pnpmPackage, runOrFail } from "./run-command.ts";

/** The root of the repository. */
export const repository = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** A package as it would be published. */
export interface PackageTarball {
  readonly file: string;
  /** The package.json inside it, as pnpm rewrote it for publishing. */
  readonly manifest: { readonly name: string; readonly version: string; readonly [key: string]: unknown };
}

const published = [
  "packages/core",
  "packages/logger",
  "packages/cache-warmer",
  "packages/emulator",
  "tools/build-layer",
];

/** Packs every package that is published into `folder`. Errors: rejects if one is not built yet. */
export async function packPackages(folder: string): Promise<readonly PackageTarball[]> {
  for (const name of published) {
    if (!existsSync(join(repository, name, "dist/index.js"))) {
      throw new Error(`${name} is not built: run \`pnpm turbo build\` first`);
    }
  }
  await mkdir(folder, { recursive: true });
  const filters = published.flatMap((name) => ["--filter", `./${name}`]);
  const args = ["--yes", pnpmPackage, "--recursive", ...filters, "pack", "--pack-destination", folder];
  await runOrFail({ file: "npx", args, cwd: repository });
  return Promise.all(globSync("*.tgz", { cwd: folder }).map((name) => readTarball(join(folder, name))));
}

async function readTarball(file: string): Promise<PackageTarball> {
  const stdout = await runOrFail({ file: "tar", args: ["-xOf", file, "package/package.json"] });
  return { file, manifest: JSON.parse(stdout) as PackageTarball["manifest"] };
}
