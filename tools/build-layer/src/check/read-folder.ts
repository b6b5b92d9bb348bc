import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { join } from "node:path";
import { startEngineScan } from "./engine-scan.ts";
import type { ScannedEngine } from "./engine-scan.ts";
import { headBytes } from "./layer-tree.ts";
import type { TreeEntry } from "./layer-tree.ts";

/** Reads a layer that is a folder. Links are not followed. Errors: the file system's. */
export function readFolder(root: string): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const visit = (path: string): void => {
    for (const name of readdirSync(join(root, path)).toSorted()) {
      const child = path === "" ? name : `${path}/${name}`;
      const stat = lstatSync(join(root, child));
      const mode = stat.mode & 0o7777;
      if (stat.isSymbolicLink()) {
        entries.push({ kind: "link", path: child, target: readlinkSync(join(root, child)) });
      } else if (stat.isDirectory()) {
        entries.push({ kind: "folder", path: child, mode });
        visit(child);
      } else if (!stat.isFile()) {
        entries.push({ kind: "special", path: child }); // to open a pipe would wait for its other end
      } else {
        const file = join(root, child);
        entries.push({ kind: "file", path: child, mode, size: stat.size, head: readHead(file), engine: scan(file) });
      }
    }
  };
  visit("");
  return entries;
}

function scan(path: string): ScannedEngine | undefined {
  const started = startEngineScan(path);
  if (started === undefined) return undefined;
  const buffer = Buffer.alloc(1024 * 1024);
  const file = openSync(path, "r");
  try {
    for (let read = 1; read > 0; started.push(buffer.subarray(0, read))) read = readSync(file, buffer);
  } finally {
    closeSync(file);
  }
  return started.end();
}

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
