import * as zlib from "node:zlib";
import { openPromise } from "yauzl";
import type { Entry, ZipFile } from "yauzl";
import { BuildError } from "../build-error.ts";
import { maxUnzippedBytes } from "../layer/unzipped-size.ts";
import { startEngineScan } from "./engine-scan.ts";
import type { EngineScan } from "./engine-scan.ts";
import { headBytes } from "./layer-tree.ts";
import type { TreeEntry } from "./layer-tree.ts";

const unix = 3;
const typeMask = 0o170000;
const link = 0o120000;
const regularTypes = [0, 0o100000];

/**
 * Reads a layer that is a zip, with the modes as Lambda unpacks them. A zip that was not made on Unix has no modes: its
 * files get 0644, its folders 0755.
 * Errors: `BuildError` if it is not a zip, is damaged, or has paths that lead out of it.
 */
export async function readZip(path: string): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  try {
    // Strict: old Windows tools write a backslash, which is part of a file's name on Linux.
    const zip = await openPromise(path, { strictFileNames: true });
    for await (const entry of zip.eachEntry()) entries.push(await toTreeEntry(zip, entry));
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new BuildError(`${path}: expected a zip that Lambda can unpack, got ${got}`, { cause: error });
  }
  return entries;
}

async function toTreeEntry(zip: ZipFile, entry: Entry): Promise<TreeEntry> {
  const path = entry.fileName.replace(/^(\.\/)+/, "");
  const isFolder = path.endsWith("/");
  const own = entry.versionMadeBy >>> 8 === unix ? entry.externalFileAttributes >>> 16 : 0;
  const attributes = own === 0 ? (isFolder ? 0o755 : 0o644) : own;
  const mode = attributes & 0o7777;
  if (isFolder) return { kind: "folder", path: path.slice(0, -1), mode };
  const scan = startEngineScan(path);
  const head = await readContent(zip, entry, scan);
  if ((attributes & typeMask) === link) return { kind: "link", path, target: new TextDecoder().decode(head) };
  if (!regularTypes.includes(attributes & typeMask)) return { kind: "special", path };
  return { kind: "file", path, mode, size: entry.uncompressedSize, head, engine: scan?.end() };
}

/**
 * Returns the first `headBytes`. Reads to the end, because only the checksum of all bytes tells a damaged file.
 */
async function readContent(zip: ZipFile, entry: Entry, scan: EngineScan | undefined): Promise<Uint8Array> {
  const stream = await zip.openReadStreamPromise(entry);
  const head: Buffer[] = [];
  let size = 0;
  let crc = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < headBytes) head.push(chunk);
    size += chunk.byteLength;
    crc = crc32(chunk, crc);
    scan?.push(chunk);
    // The file is too large in any case. To leave the loop destroys the stream.
    if (entry.uncompressedSize > maxUnzippedBytes && size >= headBytes) break;
  }
  if (size === entry.uncompressedSize && hasCrc32 && crc !== entry.crc32) {
    throw new Error(`other bytes in ${entry.fileName} than were packed`);
  }
  return Buffer.concat(head).subarray(0, headBytes);
}

/** Node.js has it from 20.15 on. */
const hasCrc32 = "crc32" in zlib;

function crc32(chunk: Uint8Array, before: number): number {
  return hasCrc32 ? zlib.crc32(chunk, before) : 0;
}
