import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "./file-error.ts";

/** Looks at what a path leads to, through links. Errors: the file system's. */
export function whatIsAt(path: string): "nothing" | "a file" | "a folder" | "something else" {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "nothing";
  if (stat.isDirectory()) return "a folder";
  return stat.isFile() ? "a file" : "something else";
}

/** Returns `folder` and every folder above it, the nearest first. */
export function upwards(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/**
 * Makes a folder and the missing ones above it. Returns true if it made one. Node's `recursive` tries for ever if the
 * file system refuses with ENOENT, as /proc does. Errors: the system's.
 */
export function makeFolder(path: string): boolean {
  if (whatIsAt(path) === "a folder") return false;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    // Another build made it meanwhile.
    if (codeOf(error) === "EEXIST" && whatIsAt(path) === "a folder") return false;
    throw error;
  }
}
