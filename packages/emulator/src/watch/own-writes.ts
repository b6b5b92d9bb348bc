import type { ChangedFile } from "./changed-files.ts";

/** A user may save a file once or twice during builds. */
const maxChances = 3;

/**
 * Finds the files that builds write beside their sources: without it each such build would begin the next one. Knows no
 * build yet.
 */
export function createOwnWrites() {
  let last = { startEpochMs: 0, endEpochMs: 0 };
  const counts = new Map<string, number>();
  return {
    /** A build ran. Units: epoch milliseconds. */
    ran(startEpochMs: number, endEpochMs: number): void {
      last = { startEpochMs, endEpochMs };
    },
    /** Leaves out the files that each of the last builds wrote; calls `onFound` once for every such file. */
    sift: (files: readonly ChangedFile[], onFound: (path: string) => void): readonly ChangedFile[] =>
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
