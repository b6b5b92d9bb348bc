import { readHead } from "./read-head.ts";

/** Whether a file begins as the zips made here do. */
export function isZip(path: string): boolean {
  return Buffer.from("PK\x03\x04", "latin1").equals(readHead(path).subarray(0, 4));
}
