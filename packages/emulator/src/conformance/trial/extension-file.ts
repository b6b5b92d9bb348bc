import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { join } from "node:path";
import { followLinks } from "../../files/program-file.ts";
import { parseElfHeader } from "./elf-header.ts";
import type { ElfHeader } from "./elf-header.ts";

/** What the first bytes of a file tell. */
export type FileContent =
  | { readonly kind: "script"; readonly text: string; readonly interpreter: string }
  | { readonly kind: "linux-program"; readonly header: ElfHeader }
  | { readonly kind: "macos-program" }
  | { readonly kind: "folder-link" | "broken-link" | "no-program" };

/** An entry of `extensions/` that Lambda would execute. */
export interface ExtensionFile {
  readonly name: string;
  /** For others: Lambda's user does not own it. */
  readonly isExecutable: boolean;
  readonly content: FileContent;
}

/**
 * The entries of a layer's `extensions/` that are no folders, in the order Lambda starts them. Empty without that
 * folder.
 */
export function readExtensionFiles(layer: string): readonly ExtensionFile[] {
  const folder = join(layer, "extensions");
  return listFolder(folder)
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => readExtensionFile(layer, name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function listFolder(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readExtensionFile(layer: string, name: string): ExtensionFile {
  const found = followLinks(`/opt/extensions/${name}`, (path) => toLayerPath(layer, path));
  if (found === undefined) return { name, isExecutable: false, content: { kind: "broken-link" } };
  if (found.isFolder) return { name, isExecutable: false, content: { kind: "folder-link" } };
  const { mode } = statSync(found.hostPath);
  return { name, isExecutable: (mode & 0o001) !== 0, content: toContent(readFileSync(found.hostPath)) };
}

/** The place of a path of Lambda's /opt in the layer; any other path is this machine's. */
export function toLayerPath(layer: string, path: string): string {
  return path.startsWith("/opt/") ? join(layer, path.slice("/opt".length)) : path;
}

/** Mach-O of 32 and 64 bits, and several in one file. */
const macosMagics = ["feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe"];

function toContent(bytes: Buffer): FileContent {
  const header = parseElfHeader(bytes);
  if (header !== undefined) return { kind: "linux-program", header };
  if (macosMagics.includes(bytes.toString("hex", 0, 4))) return { kind: "macos-program" };
  if (bytes.toString("latin1", 0, 2) !== "#!") return { kind: "no-program" };
  const text = bytes.toString("utf8");
  const interpreter = /^#![ \t]*([^ \t\r\n]*)/.exec(text)?.[1] ?? "";
  return { kind: "script", text, interpreter };
}
