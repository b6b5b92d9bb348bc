import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/** A file whose bytes changed. */
export interface ChangedFile {
  readonly path: string;
  /** When it was written; now where it was removed. Units: milliseconds. */
  readonly changedEpochMs: number;
}

/** Tells files that really changed from those that were only touched, or written again with the same bytes. */
export interface ChangedFiles {
  /** Takes note of a file that is there. */
  found(path: string): void;
  /** Which of the files have other bytes than when last asked, or are there no more. Errors: none. */
  pick(paths: Iterable<string>): Promise<readonly ChangedFile[]>;
}

/** Knows no file yet. The first time a file found is asked for it counts as changed. */
export function createChangedFiles(nowEpochMs: () => number): ChangedFiles {
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
      // What came and went while nobody looked is an editor's temporary file.
      return forget(path) ? { path, changedEpochMs: nowEpochMs() } : undefined;
    }
    known.set(path, file.state);
    return file.state === before ? undefined : { path, changedEpochMs: file.changedEpochMs };
  };
  return {
    found(path) {
      if (!known.has(path)) known.set(path, "");
    },
    async pick(paths) {
      const files = await Promise.all([...paths].map(look));
      return files.filter((file) => file !== undefined);
    },
  };
}

/** Beyond that a file's size and time stand for its bytes. */
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
