import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for temporary files. */
export interface ScratchFolder {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Makes a folder below the system's own for temporary files. If this process ends before `close`, the folder is removed
 * too, unless the process is killed.
 */
export async function makeScratchFolder(prefix: string): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const remove = (): void => {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process still writes into it: that must not make this process fail at its end.
    }
  };
  process.once("exit", remove);
  return {
    path,
    async close() {
      process.off("exit", remove);
      await rm(path, { recursive: true, force: true });
    },
  };
}
