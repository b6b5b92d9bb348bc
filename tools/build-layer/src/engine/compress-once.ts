import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AsyncZipDeflate } from "fflate";
import type { Deflated } from "../layer/layer-file.ts";
import { withStaging } from "../layer/staging.ts";
import { withLock } from "./lock.ts";

/** CRC-32 of the content, and the length of the raw deflate stream that follows: two whole numbers of 32 bits. */
const headBytes = 8;

/**
 * Compresses a large file once, which takes 5 s for an engine, and keeps the result beside it. A result that was cut
 * short is made again. Errors: the file system's.
 */
export async function compressOnce(path: string, onCompress: () => void): Promise<Deflated> {
  // The name says everything that may change the bytes.
  const kept = `${path}.deflated-by-fflate-0.8-level-6`;
  const found = read(kept);
  if (found !== undefined) return found;
  return withLock(`${path}.lock`, async () => {
    const made = read(kept);
    if (made !== undefined) return made;
    onCompress();
    const deflated = await deflate(readFileSync(path));
    await write(kept, deflated);
    return deflated;
  });
}

function read(kept: string): Deflated | undefined {
  if (!existsSync(kept)) return undefined;
  const stored = readFileSync(kept);
  if (stored.byteLength < headBytes || stored.byteLength - headBytes !== stored.readUInt32LE(4)) return undefined;
  return { bytes: stored.subarray(headBytes), crc: stored.readUInt32LE(0) };
}

function write(kept: string, { bytes, crc }: Deflated): Promise<void> {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(crc, 0);
  head.writeUInt32LE(bytes.byteLength, 4);
  return withStaging(dirname(kept), (staging) => {
    writeFileSync(join(staging.folder, "deflated"), Buffer.concat([head, bytes]));
    staging.moveTo("deflated", kept);
  });
}

/** In a worker, so that the process hears Ctrl-C, and compresses two architectures at the same time. */
function deflate(bytes: Uint8Array): Promise<Deflated> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const stream = new AsyncZipDeflate("", { level: 6 });
    stream.ondata = (error, chunk, isLast) => {
      if (error !== null) return reject(error);
      chunks.push(chunk);
      if (isLast) resolve({ bytes: Buffer.concat(chunks), crc: stream.crc >>> 0 });
    };
    // A copy: the worker takes it over, and it cannot take over small buffers, which share a pool of Node's.
    stream.push(new Uint8Array(bytes), true);
  });
}
