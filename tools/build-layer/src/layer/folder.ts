import { chmodSync, readdirSync, utimesSync } from "node:fs";
import { chmod, link, mkdir, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { allEnded } from "./all-ended.ts";
import { fixedTime } from "./layer-file.ts";
import type { Content, LayerFile } from "./layer-file.ts";

/** External packages have thousands of files, and a system may allow 1024 open ones. */
const atOnce = 64;

/**
 * Writes a layer as a folder that must not exist yet, with fixed modes, whatever the umask, and fixed times. If
 * `previous`, the folder to replace, holds a large file already, it links to that file: to copy an engine takes a third
 * of a build's time.
 */
export async function writeFolder(folder: string, files: readonly LayerFile[], previous?: string): Promise<void> {
  const write = async ({ path, mode, content }: LayerFile): Promise<void> => {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if (content.kind === "bytes") await writeFile(target, content.bytes);
    else if (previous !== undefined && (await tryLink(join(previous, path), target, { mode, ...content }))) return;
    else await content.copyTo(target);
    await chmod(target, mode);
    const time = content.kind === "bytes" ? fixedTime : content.modified;
    await utimes(target, time, time);
  };
  for (let at = 0; at < files.length; at += atOnce) await allEnded(files.slice(at, at + atOnce).map(write));
  fixFolders(folder);
}

/** Links to `from` if it is unchanged since it was written here: a program that changes a file changes its time. */
async function tryLink(
  from: string,
  to: string,
  { mode, size, modified }: Pick<LayerFile, "mode"> & Extract<Content, { kind: "file" }>,
): Promise<boolean> {
  try {
    const there = await stat(from);
    if (!there.isFile() || there.size !== size || there.mtimeMs !== modified.getTime()) return false;
    if ((there.mode & 0o7777) !== mode) return false; // a program may have set a bit that no layer should have
    await link(from, to);
    return true;
  } catch {
    return false; // then it is copied, and an error of the copy is reported
  }
}

function fixFolders(folder: string): void {
  for (const child of readdirSync(folder, { withFileTypes: true })) {
    if (child.isDirectory()) fixFolders(join(folder, child.name));
  }
  chmodSync(folder, 0o755);
  utimesSync(folder, fixedTime, fixedTime);
}
