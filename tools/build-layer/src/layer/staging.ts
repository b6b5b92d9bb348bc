import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { codeOf } from "../file-error.ts";
import { makeFolder } from "../paths.ts";

/** A folder beside the results, in which they are made. */
export interface Staging {
  readonly folder: string;
  /**
   * Replaces `target` by the staged file or folder `name`. Both are on one file system, so no program sees half of it.
   * Of two builds at once, the result of the later one stays.
   */
  moveTo(name: string, target: string): void;
  /** Removes `target`, if it exists. */
  remove(target: string): void;
  /** Removes the staging folder and everything in it. Idempotent. */
  close(): void;
}

const open = new Set<Staging>();
const prefix = ".build-layer-";
/** Longer than any build: a staging folder this old was left by a process that was killed. */
const leftMs = 60 * 60_000;

/** Removes every staging folder of this process: for a signal that ends it. */
export function closeStagings(): void {
  for (const staging of open) staging.close();
}

/** Makes a staging folder in `parent`, and `parent` too if it is missing. */
export function openStaging(parent: string): Staging {
  makeFolder(parent);
  removeLeft(parent);
  const folder = mkdtempSync(join(parent, prefix));
  let replaced = 0;
  const staging: Staging = {
    folder,
    moveTo(name, target) {
      // All users may read a new folder, whatever the umask: Lambda runs as another user.
      if (makeFolder(dirname(target))) chmodSync(dirname(target), 0o755);
      // Again if another build puts its result there meanwhile.
      do staging.remove(target);
      while (!tryRename(join(folder, name), target, "ENOTEMPTY", "EEXIST"));
    },
    remove(target) {
      tryRename(target, join(folder, `replaced-${replaced++}-${basename(target)}`), "ENOENT");
    },
    close() {
      rmSync(folder, { recursive: true, force: true });
      open.delete(staging);
    },
  };
  open.add(staging);
  return staging;
}

/** Runs `work` with a staging folder in `parent`, and removes the folder when it has ended. */
export async function withStaging<T>(parent: string, work: (staging: Staging) => T | Promise<T>): Promise<T> {
  const staging = openStaging(parent);
  try {
    return await work(staging);
  } finally {
    staging.close();
  }
}

/** Returns false if the file system refuses with one of the expected codes. */
function tryRename(from: string, to: string, ...expected: readonly unknown[]): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (expected.includes(codeOf(error))) return false;
    throw error;
  }
}

function removeLeft(parent: string): void {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    const path = join(parent, name);
    const startedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - startedMs > leftMs) rmSync(path, { recursive: true, force: true });
  }
}
