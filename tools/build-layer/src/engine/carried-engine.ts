import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BuildError } from "../build-error.ts";
import { findInstalled } from "../config/entry.ts";
import { fixedTime } from "../layer/layer-file.ts";
import type { LayerFile } from "../layer/layer-file.ts";
import { withStaging } from "../layer/staging.ts";
import { makeFolder } from "../paths.ts";
import { compressOnce } from "./compress-once.ts";
import type { EngineRelease } from "./engine-release.ts";
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

/**
 * The files of an engine in `folder` of a layer: the executable and its license. From the cache, else from the
 * project's node_modules, else through npm. What enters the cache has the pinned content; a file that was cut short
 * there is replaced.
 * Errors: `BuildError` if the engine cannot be had, or cannot be kept.
 */
export async function engineFiles(
  release: EngineRelease,
  folder: string,
  source: EngineSource,
): Promise<readonly LayerFile[]> {
  const { cacheFolder } = source;
  // A scoped package's name holds a slash.
  const fileName = `${release.packageName.replaceAll("/", "-").replace("@", "")}-${release.version}`;
  const home = join(cacheFolder, `${fileName}-${release.sha256.slice(0, 16)}`);
  await keeping(cacheFolder, async () => {
    if (isWhole(home, release)) return;
    makeFolder(cacheFolder);
    await withLock(`${home}.lock`, async () => {
      if (!isWhole(home, release)) await fill(home, release, source);
    });
  });
  // Each release has its own time, a second in the half year after the fixed time.
  const modified = new Date(fixedTime.getTime() + Number.parseInt(release.sha256.slice(0, 6), 16) * 1000);
  const keptFile = (name: string, onCompress: () => void): LayerFile["content"] => {
    const path = join(home, name);
    const deflated = () => keeping(cacheFolder, () => compressOnce(path, onCompress));
    return { kind: "file", path, size: statSync(path).size, modified, deflated };
  };
  const executable = keptFile("executable", () => source.say(`compressing ${labelOf(release)}, once`));
  const files: LayerFile[] = [{ path: `${folder}/${release.executable}`, mode: 0o755, content: executable }];
  if (release.license === undefined) return files;
  const license = keptFile("LICENSE", () => {});
  return [...files, { path: `${folder}/${dirname(release.executable)}/LICENSE`, mode: 0o644, content: license }];
}

/**
 * Compares sizes: a power cut or a full disk leaves files that are too short, and to hash 126 MB would take as long as
 * the rest of a build.
 */
function isWhole(home: string, { bytes, license }: EngineRelease): boolean {
  const size = statSync(join(home, "executable"), { throwIfNoEntry: false })?.size;
  return size === bytes && (license === undefined || existsSync(join(home, "LICENSE")));
}

function fill(home: string, release: EngineRelease, source: EngineSource): Promise<void> {
  return withStaging(source.cacheFolder, async (staging) => {
    const made = join(staging.folder, "engine");
    mkdirSync(made);
    const executable = join(made, "executable");
    const wanted = new Map([[release.executable, executable]]);
    if (release.license !== undefined) wanted.set(release.license, join(made, "LICENSE"));
    const installed = findInstalled(source.projectFolder, release.packageName);
    if (installed !== undefined && sha256(join(installed, release.executable)) === release.sha256) {
      for (const [path, target] of wanted) copyFileSync(join(installed, path), target);
    } else {
      source.say(`fetching ${labelOf(release)} through npm, once`);
      const files = await fetchPackage(release, { projectFolder: source.projectFolder, scratchFolder: staging.folder });
      for (const [path, target] of wanted) writeFileSync(target, files.get(path) ?? new Uint8Array());
    }
    const got = sha256(executable);
    if (got !== release.sha256) {
      throw new BuildError(
        `${labelOf(release)}: expected ${release.executable} with SHA-256 ${release.sha256}, got ${got}`,
      );
    }
    chmodSync(executable, 0o755);
    staging.moveTo("engine", home);
  });
}

/** Names the cache in an error of the file system. */
async function keeping<T>(cacheFolder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    const place = `${cacheFolder}: expected a folder that can be written, with room for engines`;
    throw new BuildError(`${place}; BUILD_LAYER_CACHE names another one (${error.message})`, { cause: error });
  }
}

function sha256(path: string): string | undefined {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : undefined;
}

function labelOf({ packageName, version }: EngineRelease): string {
  return `${packageName} ${version}`;
}
