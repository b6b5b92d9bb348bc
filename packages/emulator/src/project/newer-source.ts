import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isNotBundled } from "./not-code.ts";

/**
 * The first file found, in these files and folders, that was changed after that time; undefined where there is none.
 * Errors: none.
 */
export async function findNewerSource(paths: readonly string[], epochMs: number): Promise<string | undefined> {
  for (const path of paths) {
    const newer = await newerIn(path, epochMs);
    if (newer !== undefined) return newer;
  }
  return undefined;
}

async function newerIn(path: string, epochMs: number): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isDirectory()) return found.mtimeMs > epochMs ? path : undefined;
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  // Links may lead in circles, and what they lead to is not the user's own source.
  const own = entries.filter((entry) => !entry.isSymbolicLink() && !isNotBundled(entry.name) && entry.name !== "dist");
  return findNewerSource(own.map((entry) => join(path, entry.name)).sort(), epochMs);
}
