import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for files that nobody needs afterwards. */
export interface ScratchFolder {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Makes a folder below the system's own for temporary files. It goes with this process too, where that ends before
 * `close`, unless it is killed.
 */
export async function makeScratchFolder(prefix: string): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const remove = (): void => {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process still writes into it: this one must not fail for that as it ends.
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
