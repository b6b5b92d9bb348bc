import { copyFile, link, lstat, mkdir, readdir, readlink, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { unzip } from "../files/unzip.ts";
import { EmulatorError } from "../problems/emulator-error.ts";

/** A folder with the content of all layers: the folder of a single layer, else a new one below `workFolder`. */
export async function mergeLayers(layers: readonly string[], workFolder: string): Promise<string> {
  const kinds = await Promise.all(layers.map((layer) => kindOf(layer, "layer")));
  const [only] = layers;
  if (layers.length === 1 && only !== undefined && kinds[0] === "folder") return only;
  const target = join(workFolder, "opt");
  await mkdir(target, { recursive: true });
  for (const [index, layer] of layers.entries()) {
    if (kinds[index] === "zip") await unzip(layer, target);
    else await overlay(layer, target);
  }
  return target;
}

/** The function's folder; a zip is unpacked below `workFolder`. */
export async function codeFolder(codePath: string, workFolder: string): Promise<string> {
  if ((await kindOf(codePath, "function code")) === "folder") return codePath;
  const target = join(workFolder, "code");
  await mkdir(target, { recursive: true });
  await unzip(codePath, target);
  return target;
}

async function kindOf(path: string, what: string): Promise<"folder" | "zip"> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new EmulatorError(`${what} ${path} does not exist: build it first, or correct the path`);
  }
  if (found.isDirectory()) return "folder";
  if (path.endsWith(".zip")) return "zip";
  throw new EmulatorError(`${what} ${path}: expected a folder or a .zip file`);
}

/** Puts a folder's files over another's, as hard links if the file system allows it: a carried runtime has 100 MB. */
async function overlay(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    const existing = await lstat(target).catch(() => undefined);
    if (existing !== undefined && !(existing.isDirectory() && entry.isDirectory())) {
      await rm(target, { recursive: true });
    }
    if (entry.isDirectory()) {
      await mkdir(target, { recursive: true, mode: (await stat(source)).mode });
      await overlay(source, target);
    } else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await link(source, target).catch(() => copyFile(source, target));
  }
}
