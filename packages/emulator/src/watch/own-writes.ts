import type { ChangedFile } from "./changed-files.ts";

/** Finds the files that builds write beside their sources: without it each such build would begin the next one. */
export interface OwnWrites {
  /** A build ran. Units: epoch milliseconds. */
  ran(startEpochMs: number, endEpochMs: number): void;
  /** The files without those that every one of the last builds wrote; `onFound` is told of each of these once. */
  sift(files: readonly ChangedFile[], onFound: (path: string) => void): readonly ChangedFile[];
}

/** A user may save a file once or twice while a build runs. */
const maxChances = 3;

/** Knows no build yet. */
export function createOwnWrites(): OwnWrites {
  let last = { startEpochMs: 0, endEpochMs: 0 };
  const counts = new Map<string, number>();
  return {
    ran(startEpochMs, endEpochMs) {
      last = { startEpochMs, endEpochMs };
    },
    sift: (files, onFound) =>
      files.filter(({ path, changedEpochMs }) => {
        const isDuringBuild = changedEpochMs >= last.startEpochMs && changedEpochMs <= last.endEpochMs;
        const before = counts.get(path) ?? 0;
        if (before >= maxChances) return false;
        counts.set(path, isDuringBuild ? before + 1 : 0);
        if (before + 1 < maxChances || !isDuringBuild) return true;
        onFound(path);
        return false;
      }),
  };
}
