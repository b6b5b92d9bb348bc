import type { LayerFile } from "./layer-file.ts";

/** Lambda's limit for the function and all its layers together, unzipped: 250 MB. */
export const maxUnzippedBytes = 250 * 1024 * 1024;

/** Compares unzipped bytes with Lambda's limit. Returns the problem; an empty list if there is room. */
export function checkUnzippedSize(bytes: number): readonly string[] {
  return bytes > maxUnzippedBytes
    ? [`expected at most ${maxUnzippedBytes} bytes unzipped, which is Lambda's limit, got ${bytes}`]
    : [];
}

/** Uncompressed bytes, which Lambda's limit counts. */
export function sizeOf(file: LayerFile): number {
  return file.content.kind === "bytes" ? file.content.bytes.byteLength : file.content.size;
}
