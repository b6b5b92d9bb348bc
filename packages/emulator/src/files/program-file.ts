import { accessSync, constants, lstatSync, readlinkSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** The file or folder that a path inside the sandbox leads to, as this process sees it. */
export interface LinkTarget {
  readonly hostPath: string;
  readonly isFolder: boolean;
}

/** As many links as the kernel follows. */
const maxLinks = 40;

/**
 * Follows links of the inside: an absolute one starts at the root of the inside, not of this machine. `toHostPath`
 * gives the place of a path on this machine. Returns undefined if the links lead nowhere.
 */
export function followLinks(path: string, toHostPath: (insidePath: string) => string): LinkTarget | undefined {
  let current = path;
  for (let links = 0; links <= maxLinks; links += 1) {
    const hostPath = toHostPath(current);
    const stats = lstatSync(hostPath, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isSymbolicLink()) return { hostPath, isFolder: stats.isDirectory() };
    current = resolve(dirname(current), readlinkSync(hostPath));
  }
  return undefined;
}

/** Whether the file can be executed by this process. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
