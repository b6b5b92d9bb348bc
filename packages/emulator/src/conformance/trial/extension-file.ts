import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseElfHeader } from "./elf-header.ts";
import type { ElfHeader } from "./elf-header.ts";

/** What the first bytes of a file say. */
export type FileContent =
  | { readonly kind: "script"; readonly text: string; readonly interpreter: string }
  | { readonly kind: "linux-program"; readonly header: ElfHeader }
  | { readonly kind: "macos-program" }
  | { readonly kind: "folder-link" | "broken-link" | "no-program" };

/** An entry of `extensions/` that Lambda would execute. */
export interface ExtensionFile {
  readonly name: string;
  readonly isExecutable: boolean;
  readonly content: FileContent;
}

/**
 * The entries of a layer's `extensions/` in the order Lambda starts them: all but folders. Empty where there is none.
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
  const path = followLinks(layer, join(layer, "extensions", name));
  if (path === undefined) return { name, isExecutable: false, content: { kind: "broken-link" } };
  const stats = statSync(path);
  if (stats.isDirectory()) return { name, isExecutable: false, content: { kind: "folder-link" } };
  return { name, isExecutable: (stats.mode & 0o111) !== 0, content: toContent(readFileSync(path)) };
}

/** As many links as the kernel follows. */
const maxLinks = 40;

/**
 * Where a path leads on Lambda, as a path of this machine: the layer lies in /opt there. Undefined where there is
 * nothing.
 */
export function followLinks(layer: string, path: string): string | undefined {
  let current = path;
  for (let links = 0; links <= maxLinks; links += 1) {
    const stats = lstatSync(current, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isSymbolicLink()) return current;
    const target = readlinkSync(current);
    current = target.startsWith("/opt/") ? join(layer, target.slice("/opt".length)) : resolve(dirname(current), target);
  }
  return undefined;
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
