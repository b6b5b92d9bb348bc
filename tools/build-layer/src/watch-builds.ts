import { statSync, watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { dirname, join } from "node:path";
import { whatIsAt } from "./paths.ts";

/** Long enough for an editor that writes a file in several steps. */
const settleMs = 20;

/** What to watch, and how to build. */
export interface WatchOptions {
  /** Files to watch besides those that a build names: the package.json. */
  readonly alwaysWatched: readonly string[];
  /**
   * Builds once. Returns the absolute paths of the files that it read, and of folders in which every file matters;
   * undefined if it failed and does not know them. It is never called while it runs.
   */
  readonly build: () => Promise<readonly string[] | undefined>;
}

/** Builds now, and again after every change of a file that the last build read, until closed. */
export function watchBuilds({ alwaysWatched, build }: WatchOptions): { readonly close: () => Promise<void> } {
  const watchers = new Map<string, Watched>();
  let sources = new Set<string>(alwaysWatched);
  let hasFailed = false;
  let state: "idle" | "building" | "building, and again" = "idle";
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();

  const run = async (): Promise<void> => {
    do {
      state = "building";
      const startedMs = Date.now();
      const read = await build();
      hasFailed = read === undefined;
      if (read !== undefined) sources = new Set([...alwaysWatched, ...read]);
      follow();
      // A folder that was not watched yet has sent no event.
      if ([...sources].some((path) => isNewerThan(path, startedMs))) state = "building, and again";
    } while (isAskedAgain());
    state = "idle";
  };
  const isAskedAgain = (): boolean => state === "building, and again";
  const start = (): void => {
    if (state === "idle") current = run();
    else state = "building, and again";
  };
  // It watches folders, not files: editors replace a file by another one. After a failure, any file beside the sources
  // may be the one that was missing.
  const onEvent = (folder: string, name: string | null): void => {
    const isSource = name === null || sources.has(join(folder, name)) || sources.has(folder);
    if (!isSource && !hasFailed && ![...watchers].some(isGone)) return;
    clearTimeout(timer);
    timer = setTimeout(start, settleMs);
  };
  const follow = (): void => {
    const folders = new Map(
      [...sources].map((path) => nearestFolder(whatIsAt(path) === "a folder" ? path : dirname(path))),
    );
    for (const [folder, watched] of watchers) {
      if (folders.has(folder) && !isGone([folder, watched])) continue;
      watched.watcher.close();
      watchers.delete(folder);
    }
    for (const [folder, identity] of folders) {
      if (watchers.has(folder)) continue;
      watchers.set(folder, { identity, watcher: watch(folder, (_kind, name) => onEvent(folder, name)) });
    }
  };

  follow();
  start();
  return {
    async close() {
      clearTimeout(timer);
      for (const { watcher } of watchers.values()) watcher.close();
      watchers.clear();
      await current;
    },
  };
}

interface Watched {
  readonly identity: string;
  readonly watcher: FSWatcher;
}

/** True if the folder is gone, or another one has its name: the watcher of the old one sends no more events. */
function isGone([folder, { identity }]: readonly [string, Watched]): boolean {
  return nearestFolder(folder)[1] !== identity;
}

/**
 * Returns the folder, or if it is gone the nearest one above it. The inode number is not enough: the system reuses it.
 */
function nearestFolder(folder: string): readonly [folder: string, identity: string] {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat === undefined ? nearestFolder(dirname(folder)) : [folder, `${stat.ino} ${stat.birthtimeMs}`];
}

/** File systems round times down, by a few milliseconds. */
const roundingMs = 10;

function isNewerThan(path: string, epochMs: number): boolean {
  const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return changedMs >= epochMs - roundingMs;
}
