const blockBytes = 512;
const regularFile = ["0", "\0"];

/**
 * Returns the regular files of a tar archive by path; the bytes are views, not copies. This is enough for npm's
 * tarballs: it skips entries that extend other ones (long paths of pax), so such a file keeps the name in its header.
 */
export function readTar(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let offset = 0; offset + blockBytes <= archive.length;) {
    const header = archive.subarray(offset, offset + blockBytes);
    const name = text(header, 0, 100);
    if (name === "") break;
    const prefix = text(header, 345, 500);
    const size = Number.parseInt(text(header, 124, 136), 8);
    if (!Number.isSafeInteger(size)) {
      throw new Error(`expected a tar archive, got a header without a size at ${offset}`);
    }
    const start = offset + blockBytes;
    if (regularFile.includes(String.fromCharCode(header[156] ?? 0))) {
      files.set(prefix === "" ? name : `${prefix}/${name}`, archive.subarray(start, start + size));
    }
    offset = start + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}

/** A field of a header: up to the first NUL, blanks removed. */
function text(header: Uint8Array, from: number, to: number): string {
  const [field = ""] = new TextDecoder().decode(header.subarray(from, to)).split("\0");
  return field.trim();
}
