import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AsyncZipDeflate } from "fflate";
import { BuildError } from "../build-error.ts";
import { codeOf } from "../file-error.ts";
import type { Deflated } from "../layer/layer-file.ts";
import { withStaging } from "../layer/staging.ts";
import { whatIsAt } from "../paths.ts";
import type { PinnedFile } from "./engine-release.ts";
import { withLock } from "./lock.ts";

/** The pinned streams are those of this version: another one may compress to other bytes. */
export const fflateVersion = "0.8.3";

/** What a compressed form is made from. */
export interface Original {
  readonly pinned: PinnedFile;
  /** Returns the pinned bytes. */
  read(): Promise<Uint8Array>;
  /** Called before the work that takes 5 s for an engine. `damaged` is a kept form that cannot be used. */
  onCompress(damaged: string | undefined): void;
}

/**
 * Compresses a large file once and keeps the result at `path`. What it returns is the pinned stream: a kept form that
 * was cut short or changed is made again. Errors: `BuildError` if this fflate makes other bytes; the file system's.
 */
export async function compressOnce(path: string, original: Original): Promise<Deflated> {
  const { pinned } = original;
  // The name says everything that may change the bytes.
  const kept = `${path}.deflated-by-fflate-${fflateVersion}-level-6`;
  const found = await readKept(kept);
  if (found !== undefined && isPinned(found, pinned)) return { bytes: found, crc: pinned.crc32 };
  return withLock(`${path}.lock`, async () => {
    const now = await readKept(kept);
    if (now !== undefined && isPinned(now, pinned)) return { bytes: now, crc: pinned.crc32 };
    original.onCompress(now === undefined ? undefined : kept);
    const bytes = await deflate(await original.read());
    if (!isPinned(bytes, pinned)) {
      throw new BuildError(
        `fflate: expected version ${fflateVersion}, which compresses ${path} to SHA-256 ${pinned.deflatedSha256}, got ${hashOf(bytes)}; remove an override of fflate`,
      );
    }
    await withStaging(dirname(kept), async (staging) => {
      await writeFile(join(staging.folder, "deflated"), bytes);
      staging.moveTo("deflated", kept);
    });
    return { bytes, crc: pinned.crc32 };
  });
}

function isPinned(deflated: Uint8Array, { deflatedSha256 }: PinnedFile): boolean {
  return hashOf(deflated) === deflatedSha256;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Returns undefined if there is no such file; no bytes if something else is in its place. */
async function readKept(path: string): Promise<Uint8Array | undefined> {
  try {
    const there = whatIsAt(path);
    if (there === "nothing") return undefined;
    // To open a pipe would wait for its other end.
    return there === "a file" ? await readFile(path) : new Uint8Array();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (codeOf(error) === "ELOOP") return new Uint8Array();
    throw error;
  }
}

/** In a worker, so that the process hears Ctrl-C, and compresses two architectures at the same time. */
function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const stream = new AsyncZipDeflate("", { level: 6 });
    stream.ondata = (error, chunk, isLast) => {
      if (error !== null) return reject(error);
      chunks.push(chunk);
      if (isLast) resolve(Buffer.concat(chunks));
    };
    // A copy: the worker takes it over, and it cannot take over small buffers, which share a pool of Node's.
    stream.push(new Uint8Array(bytes), true);
  });
}
