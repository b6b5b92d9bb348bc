import { lstatSync, readdirSync, watch } from "node:fs";
import type { BigIntStats, FSWatcher } from "node:fs";
import { basename, dirname, join } from "node:path";
import { EmulatorError, errorCode } from "../problems/emulator-error.ts";

/** A file, or a folder with everything below it. */
export interface WatchRoot {
  readonly path: string;
  /** Whether to leave out a file or folder of this name, with everything in it. */
  readonly isIgnored: (name: string) => boolean;
}

/** What to watch, and what to call. Paths are absolute. */
export interface WatchOptions {
  readonly roots: readonly WatchRoot[];
  /** Called for each file that exists at the start. */
  readonly onFound: (path: string) => void;
  /** Called for each file that was written, made or removed; maybe more than once, maybe without a change of bytes. */
  readonly onChange: (path: string) => void;
  /** Called for a folder, made later, that cannot be watched. */
  readonly onProblem: (message: string) => void;
}

/**
 * Watches files and folders, those made later included, until closed: one watch for each folder, on the folder above
 * too, because editors and builds replace files and folders by new ones. Links are not followed.
 * Errors: `EmulatorError` if the machine grants no more watches.
 */
export function watchTree(options: WatchOptions): { readonly close: () => void } {
  const trees = options.roots.map((root) => createTree(root, options));
  const close = (): void => {
    for (const tree of trees) tree.close();
  };
  try {
    for (const tree of trees) tree.start();
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Tells a folder from another folder that took its name. */
  readonly identity: string;
}

function createTree(root: WatchRoot, { onFound, onChange, onProblem }: WatchOptions) {
  const folders = new Map<string, WatchedFolder>();
  let above: FSWatcher | undefined;

  const drop = (path: string): void => {
    for (const [folder, { watcher }] of folders) {
      if (folder !== path && !folder.startsWith(`${path}/`)) continue;
      watcher.close();
      folders.delete(folder);
    }
  };
  const follow = (path: string, onFile: (path: string) => void): void => {
    const stats = statOf(path);
    if (stats?.isDirectory() !== true) return stats === undefined ? drop(path) : onFile(path);
    const identity = `${stats.ino} ${stats.birthtimeNs}`;
    if (folders.get(path)?.identity === identity) return;
    drop(path);
    // The watch comes before the reading: it sees files that are made meanwhile.
    folders.set(path, { watcher: watchFolder(path, (name) => onEvent(path, name)), identity });
    for (const name of namesIn(path)) if (!root.isIgnored(name)) follow(join(path, name), onFile);
  };
  const onEvent = (folder: string, name: string | null): void => {
    if (name === null || root.isIgnored(name)) return;
    const path = join(folder, name);
    if (statOf(path) === undefined) onChange(path);
    try {
      follow(path, onChange);
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error;
      // A folder that is gone again needs no watch.
      if (statOf(path) !== undefined) onProblem(error.message);
    }
  };

  return {
    start() {
      const name = basename(root.path);
      above = watchFolder(dirname(root.path), (changed) => {
        if (changed === name) onEvent(dirname(root.path), name);
      });
      follow(root.path, onFound);
    },
    close() {
      above?.close();
      drop(root.path);
    },
  };
}

function watchFolder(path: string, onEvent: (name: string | null) => void): FSWatcher {
  try {
    const watcher = watch(path, (_, name) => onEvent(name));
    // The watch on the folder above sees that this folder goes away.
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    const hint =
      code === "ENOSPC" || code === "EMFILE" ? "; raise fs.inotify.max_user_watches and max_user_instances" : "";
    throw new EmulatorError(`${path} cannot be watched (${code})${hint}`);
  }
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
