import { constants } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildError } from "../build-error.ts";
import { codeOf } from "../file-error.ts";
import { fixedTime } from "../layer/layer-file.ts";
import type { LayerFile } from "../layer/layer-file.ts";
import { sha256Of } from "../sha256-of.ts";
import { keeping, openCachedEngine, reasonFor } from "./cached-engine.ts";
import type { CachedEngine, CachedFile, EngineSource } from "./cached-engine.ts";
import { compressOnce } from "./compress-once.ts";
import type { EngineRelease } from "./engine-release.ts";

/**
 * The files of an engine in `folder` of a layer: the executable and its license. From the cache, else from the
 * project's node_modules, else through npm. What reaches a layer has the pinned bytes: the cache is not trusted, and
 * what is damaged there is replaced.
 * Errors: `BuildError` if the engine cannot be had, or cannot be kept.
 */
export async function engineFiles(
  release: EngineRelease,
  folder: string,
  source: EngineSource,
): Promise<readonly LayerFile[]> {
  const engine = openCachedEngine(release, source);
  await engine.ensure();
  // Each release has its own time, a second in the half year after the fixed time.
  const modified = new Date(fixedTime.getTime() + Number.parseInt(release.executable.sha256.slice(0, 6), 16) * 1000);
  const bin = `${folder}/${dirname(release.executable.path)}`;
  return engine.files.map((file): LayerFile => {
    const isExecutable = file.pinned === release.executable;
    const content: LayerFile["content"] = {
      kind: "file",
      path: file.path,
      size: file.pinned.bytes,
      modified,
      copyTo: (target) => copyVerified(file, target, engine),
      async verified() {
        await engine.mend();
        return file.path;
      },
      deflated: () =>
        keeping(source.cacheFolder, () =>
          compressOnce(file.path, {
            pinned: file.pinned,
            read: () => readVerified(file, engine),
            onCompress(damaged) {
              if (isExecutable || damaged !== undefined) source.say(`compressing ${engine.label}${reasonFor(damaged)}`);
            },
          }),
        ),
    };
    return { path: isExecutable ? `${folder}/${release.executable.path}` : `${bin}/LICENSE`, mode: file.mode, content };
  });
}

/** Copies a file of the cache, and looks at the copy. A damaged file is replaced and copied again, once. */
async function copyVerified(file: CachedFile, target: string, engine: CachedEngine): Promise<void> {
  if (await isCopied(file, target)) return;
  await engine.mend();
  if (await isCopied(file, target)) return;
  throw new BuildError(
    `${target}: expected SHA-256 ${file.pinned.sha256}, which ${file.path} has, got other bytes after two copies: check the disk`,
  );
}

async function isCopied({ path, pinned }: CachedFile, target: string): Promise<boolean> {
  try {
    // A clone if the file system can make one, else a copy.
    await copyFile(path, target, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (isNoFile(error)) return false;
    throw error;
  }
  return (await sha256Of(target)) === pinned.sha256;
}

async function readVerified(file: CachedFile, engine: CachedEngine): Promise<Uint8Array> {
  await engine.mend();
  return readFile(file.path);
}

/** Something was removed from the cache, or a folder lies in its place. */
function isNoFile(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "EISDIR"].includes(String(codeOf(error)));
}
