import { createWriteStream } from "node:fs";
import { chmod, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import type { Entry, ZipFile } from "yauzl";
import { EmulatorError } from "../problems/emulator-error.ts";

const folderType = 0o040000;
const linkType = 0o120000;
const typeMask = 0o170000;

/**
 * Unpacks a zip file over a folder. Keeps modes and symbolic links; a file without a mode gets 0644. Errors:
 * `EmulatorError` for a broken file.
 */
export async function unzip(zipPath: string, target: string): Promise<void> {
  try {
    const zip = await openPromise(zipPath);
    for await (const entry of zip.eachEntry()) await extract(zip, entry, target);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    throw new EmulatorError(`${zipPath} cannot be unpacked (${why}): build or download it again`);
  }
}

async function extract(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  const mode = entry.externalFileAttributes >>> 16;
  const path = join(target, entry.fileName);
  if (entry.fileName.endsWith("/") || (mode & typeMask) === folderType) {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  const content: Readable = await zip.openReadStreamPromise(entry);
  if ((mode & typeMask) === linkType) {
    await symlink((await buffer(content)).toString("utf8"), path);
    return;
  }
  await pipeline(content, createWriteStream(path));
  await chmod(path, mode === 0 ? 0o644 : mode & 0o777);
}
