import { Zip, ZipDeflate } from "fflate";
import type { LayerFile } from "./layer-file.ts";
import { sizeOf } from "./unzipped-size.ts";

/** The first moment that a zip can express. fflate reads it in local time: it is the same in every time zone. */
const epoch = new Date(1980, 0, 1);
const unix = 3;
const regularFile = 0o100000;

/**
 * Packs a layer. The bytes depend on paths, modes and contents alone: entries are sorted, times fixed, owners absent,
 * and the compression is JavaScript, because native zlib differs between versions of Node.
 * Returns the pieces of one file. A carried engine is one of them, and is never copied.
 */
export async function toZip(files: readonly LayerFile[]): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk);
  });
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const attributes = { mtime: epoch, os: unix, attrs: (regularFile | file.mode) * 0x10000 };
    if (file.content.kind === "bytes") {
      const entry = Object.assign(new ZipDeflate(file.path, { level: 9 }), attributes);
      zip.add(entry);
      entry.push(file.content.bytes, true);
    } else {
      const { bytes, crc } = await file.content.deflated();
      // `Zip.add` replaces it.
      const ondata = (_error: unknown, _chunk: Uint8Array, _isLast: boolean): void => {};
      const entry = { ...attributes, filename: file.path, size: sizeOf(file), crc, compression: 8, ondata };
      zip.add(entry);
      entry.ondata(null, bytes, true);
    }
  }
  zip.end();
  return chunks;
}
