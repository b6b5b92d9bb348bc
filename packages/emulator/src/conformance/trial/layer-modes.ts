import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openPromise } from "yauzl";

/** A file or folder of a layer, with its permission bits and those for set-uid, set-gid and sticky. */
export interface LayerMode {
  /** Relative to the layer. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly mode: number;
}

const madeOnUnix = 3;
const typeMask = 0o170000;
const plainTypes = [0, 0o100000, 0o040000];

/** Reads the modes in a layer's folder, without links. Node's own recursive list follows them, in circles too. */
export function readFolderModes(layer: string): readonly LayerMode[] {
  const visit = (folder: string): readonly LayerMode[] =>
    readdirSync(join(layer, folder))
      .sort()
      .flatMap((name): readonly LayerMode[] => {
        const path = join(folder, name);
        const stats = lstatSync(join(layer, path));
        if (!stats.isDirectory() && !stats.isFile()) return [];
        const own: LayerMode = { path, isFolder: stats.isDirectory(), mode: stats.mode & 0o7777 };
        return own.isFolder ? [own, ...visit(path)] : [own];
      });
  return visit("");
}

/**
 * Reads the modes in a zip, as its maker wrote them: an unpacked copy has those of this machine. An entry without a
 * mode gets 0644, a folder 0755. Errors: yauzl's, for a file that is no zip.
 */
export async function readZipModes(path: string): Promise<readonly LayerMode[]> {
  const modes: LayerMode[] = [];
  for await (const { fileName, versionMadeBy, externalFileAttributes } of (await openPromise(path)).eachEntry()) {
    const isFolder = fileName.endsWith("/");
    const attributes = versionMadeBy >>> 8 === madeOnUnix ? externalFileAttributes >>> 16 : 0;
    if (!plainTypes.includes(attributes & typeMask)) continue;
    const mode = attributes === 0 ? (isFolder ? 0o755 : 0o644) : attributes & 0o7777;
    modes.push({ path: fileName.replace(/^(\.\/)+|\/$/g, ""), isFolder, mode });
  }
  return modes;
}

/**
 * Explains a mode that Lambda's user, who does not own the files, cannot read, or a set-uid, set-gid or sticky bit.
 * Returns undefined if nothing is wrong.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html
 */
export function explainMode({ path, isFolder, mode }: LayerMode): string | undefined {
  const needed = isFolder ? 0o005 : 0o004;
  const got = `${path} has mode 0${mode.toString(8)}`;
  if ((mode & 0o7000) !== 0) return `${got}, with a set-uid, set-gid or sticky bit`;
  return (mode & needed) === needed ? undefined : `${got}, which others cannot ${isFolder ? "enter" : "read"}`;
}
