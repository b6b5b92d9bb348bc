import { closeSync, openSync, readSync } from "node:fs";
import { headBytes } from "./layer-tree.ts";

/** The first `headBytes` of a file, or all of a smaller one. Errors: the system's. */
export function readHead(path: string): Uint8Array {
  const buffer = Buffer.alloc(headBytes);
  const file = openSync(path, "r");
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, headBytes, 0));
  } finally {
    closeSync(file);
  }
}

/** Whether a file begins as the zips made here do. */
export function isZip(path: string): boolean {
  return Buffer.from("PK\x03\x04", "latin1").equals(readHead(path).subarray(0, 4));
}
