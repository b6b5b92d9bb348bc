import { statSync } from "node:fs";

/** A file that is copied beside the bundle. */
export interface BesideFile {
  /** Relative to the bundle's folder, with forward slashes. */
  readonly path: string;
  readonly from: string;
  readonly mode: 0o644 | 0o755;
  /** Units: bytes. */
  readonly size: number;
}

/** A program stays a program; otherwise the modes of this machine do not matter. Errors: the file system's. */
export function toBesideFile(path: string, from: string): BesideFile {
  const { mode, size } = statSync(from);
  return { path, from, mode: (mode & 0o100) === 0 ? 0o644 : 0o755, size };
}
