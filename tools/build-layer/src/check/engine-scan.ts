import { createHash } from "node:crypto";
import type { Runtime } from "../config/extension-settings.ts";

/** What all bytes of a JavaScript engine tell: the hash, and the version that it states of itself. */
export interface ScannedEngine {
  readonly runtime: Runtime;
  /** Undefined if it states none. */
  readonly version: string | undefined;
  /** Hex SHA-256. */
  readonly sha256: string;
}

/** Takes a file's bytes in order, in pieces of any size. */
export interface EngineScan {
  push(chunk: Uint8Array): void;
  end(): ScannedEngine;
}

/** The text in front of the version: the agent of Node's inspector, and Bun's banner. */
const marks: Readonly<Record<Runtime, string>> = { node: "node.js/v", bun: "Bun v" };
const longestVersion = 20;

/** Starts the scan of a file; undefined for a path that no engine has. */
export function startEngineScan(path: string): EngineScan | undefined {
  const name = /(?:^|\/)bin\/(node|bun)$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  const runtime: Runtime = name === "bun" ? "bun" : "node";
  const mark = marks[runtime];
  const hash = createHash("sha256");
  let version: string | undefined;
  let before: Uint8Array = new Uint8Array();
  return {
    push(chunk) {
      hash.update(chunk);
      if (version !== undefined) return;
      // The end of the piece before, too: the text may lie across the border.
      version = findVersion(Buffer.concat([before, chunk.subarray(0, 2 * longestVersion)]), mark);
      version ??= findVersion(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), mark);
      before = Buffer.concat([before, chunk]).subarray(-(mark.length + longestVersion));
    },
    end: () => ({ runtime, version, sha256: hash.digest("hex") }),
  };
}

function findVersion(bytes: Buffer, mark: string): string | undefined {
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    const start = at + mark.length;
    // A version that runs to the end of the piece may be cut: it is found again in the next one.
    const text = bytes.toString("latin1", start, start + longestVersion);
    const found = /^(\d+\.\d+\.\d+)[^\d.]/.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}
