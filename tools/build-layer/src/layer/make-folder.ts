import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "../file-error.ts";

/**
 * Makes a folder and those above it that are missing; true where one was made. Not by Node's `recursive`, which tries
 * for ever where the file system lets nobody make one and says ENOENT, as /proc does. Errors: the system's.
 */
export function makeFolder(path: string): boolean {
  if (isFolder(path)) return false;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    // Another build made it meanwhile.
    if (codeOf(error) === "EEXIST" && isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
