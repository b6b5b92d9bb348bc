import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/** A file whose bytes changed. */
export interface ChangedFile {
  readonly path: string;
  /** The time of its write; now if it was removed. Units: epoch milliseconds. */
  readonly changedEpochMs: number;
}

/**
 * Tells files with other bytes from those that were only touched, or written again with the same bytes. Knows no file
 * yet; a file that was found counts as changed the first time.
 */
export function createChangedFiles(nowEpochMs: () => number) {
  const known = new Map<string, string>();
  /** The file, or all files of a folder. */
  const forget = (path: string): boolean => {
    const gone = [...known.keys()].filter((file) => file === path || file.startsWith(`${path}/`));
    for (const file of gone) known.delete(file);
    return gone.length > 0;
  };
  const look = async (path: string): Promise<ChangedFile | undefined> => {
    const before = known.get(path);
    const file = await readState(path);
    if (file === undefined) {
      // An editor's temporary file came and went in between.
      return forget(path) ? { path, changedEpochMs: nowEpochMs() } : undefined;
    }
    known.set(path, file.state);
    return file.state === before ? undefined : { path, changedEpochMs: file.changedEpochMs };
  };
  return {
    /** Takes note of a file that exists. */
    found(path: string): void {
      if (!known.has(path)) known.set(path, "");
    },
    /** Returns the files with other bytes than the last time, and those that were removed. Errors: none. */
    async pick(paths: Iterable<string>): Promise<readonly ChangedFile[]> {
      const files = await Promise.all([...paths].map(look));
      return files.filter((file) => file !== undefined);
    },
  };
}

/** For a larger file, its size and time stand for its bytes. */
const maxHashedBytes = 32 * 1024 * 1024;

async function readState(
  path: string,
): Promise<{ readonly state: string; readonly changedEpochMs: number } | undefined> {
  try {
    const { size, mtimeMs, ctimeMs, mode } = await stat(path);
    const bytes = size > maxHashedBytes ? `${size} ${mtimeMs}` : await readFile(path);
    return { state: `${mode} ${createHash("sha256").update(bytes).digest("base64")}`, changedEpochMs: ctimeMs };
  } catch {
    return undefined;
  }
}
