import { statSync } from "node:fs";

/**
 * Names the present version of folders and zip files: the text changes if one was replaced, as `sam build` and
 * `build-layer` do, or a file rewritten. A folder's content does not count. A missing path has a version too.
 */
export function codeVersion(paths: readonly string[]): string {
  return paths.map((path) => versionOf(path)).join(" ");
}

function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "missing";
  const place = `${found.dev}:${found.ino}`;
  return found.isDirectory() ? place : `${place}:${found.size}:${found.mtimeMs}`;
}
