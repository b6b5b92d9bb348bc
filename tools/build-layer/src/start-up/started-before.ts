import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The file holds the keys of the last starts, the newest first. */
const maxKeys = 200;

/** True if a start with this key has succeeded on this machine. */
export function wasStarted(cacheFolder: string, key: string): boolean {
  return read(cacheFolder).includes(key);
}

/** Keeps a key; a cache that is read-only or full does no harm. Of two builds at once, one may not keep its key. */
export function keepStart(cacheFolder: string, key: string): void {
  try {
    mkdirSync(cacheFolder, { recursive: true });
    const keys = [key, ...read(cacheFolder)].slice(0, maxKeys);
    writeFileSync(fileIn(cacheFolder), `${keys.join("\n")}\n`);
  } catch {
    // Then the next build starts the extension again.
  }
}

function read(cacheFolder: string): readonly string[] {
  try {
    return readFileSync(fileIn(cacheFolder), "utf8")
      .split("\n")
      .filter((key) => key !== "");
  } catch {
    return [];
  }
}

function fileIn(cacheFolder: string): string {
  return join(cacheFolder, "started");
}
