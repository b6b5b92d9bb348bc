import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder in the machine's temporary folder. Its path has a space, as a user's path may have. */
export interface TempFolder {
  readonly path: string;
  /** Removes the folder and its files; idempotent. */
  close(): Promise<void>;
}

/** Makes the folder. Its path contains `name`, for people who look for it. */
export async function makeTempFolder(name: string): Promise<TempFolder> {
  const path = await mkdtemp(join(await realpath(tmpdir()), `e2e ${name} `));
  return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
