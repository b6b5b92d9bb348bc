import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Folders and files that tools keep beside code. */
const keptByTools = new Set([
  ".aws-sam",
  ".cache",
  ".git",
  ".idea",
  ".turbo",
  ".venv",
  ".vscode",
  "__pycache__",
  "node_modules",
]);

/** Whether a folder or file of this name is not the user's code. */
export function isNoCode(name: string): boolean {
  return keptByTools.has(name);
}

/** Whether no layer has a folder or file of this name: besides what is no code, texts and tests. */
export function isNotBundled(name: string): boolean {
  return isNoCode(name) || name === "coverage" || /\.md$|\.(?:test|spec)\.[cm]?[jt]sx?$/.test(name);
}

/**
 * The first file in these files and folders that was changed after that time; undefined if no file was. Errors: none.
 * Units: epoch milliseconds.
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
  // Links may lead in circles, and to files that are not the user's own source.
  const own = entries.filter((entry) => !entry.isSymbolicLink() && !isNotBundled(entry.name) && entry.name !== "dist");
  return findNewerSource(own.map((entry) => join(path, entry.name)).sort(), epochMs);
}
