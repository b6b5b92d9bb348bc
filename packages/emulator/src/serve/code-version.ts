import { statSync } from "node:fs";

/**
 * Tells whether a folder or zip file is the one it was: another text where it was replaced, as `sam build` and
 * `build-layer` do, or rewritten. A folder's content is not looked at. A path that is not there has a version too.
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
