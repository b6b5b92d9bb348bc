import type { ScannedEngine } from "./engine-scan.ts";

/** Something in a layer, in a folder or a zip. Paths are relative to the layer, with forward slashes. */
export type TreeEntry =
  | { readonly kind: "folder"; readonly path: string; readonly mode: number }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  /** A device, a pipe or a socket. */
  | { readonly kind: "special"; readonly path: string }
  | {
      readonly kind: "file";
      readonly path: string;
      /** Permission bits, with those for set-uid, set-gid and sticky. */
      readonly mode: number;
      readonly size: number;
      /** The first `headBytes`: enough to tell what a file is, and nearly always a whole script. */
      readonly head: Uint8Array;
      /** From all bytes; only of a file at the place of an engine. */
      readonly engine?: ScannedEngine | undefined;
    };

/** A file in a layer. */
export type FileEntry = Extract<TreeEntry, { kind: "file" }>;

/** How much of a file is looked at. */
export const headBytes = 64 * 1024;
