import { posix } from "node:path";
import { BuildError } from "../build-error.ts";
import type { Architecture } from "../config/extension-settings.ts";
import { checkUnzippedSize } from "../layer/unzipped-size.ts";
import { whatIsAt } from "../paths.ts";
import { findEngines } from "./check-engine.ts";
import type { FoundEngine } from "./check-engine.ts";
import { checkExtension } from "./check-extension.ts";
import { describeDirt, dirtOf, explainDirtInExtensions } from "./dirt.ts";
import type { FileEntry, TreeEntry } from "./layer-tree.ts";
import { programOf } from "./program.ts";
import { readFolder } from "./read-folder.ts";
import { readZip } from "./read-zip.ts";

/** What a check of a layer found. */
export interface LayerCheck {
  /** What fails on Lambda, each as `path: expected …, got …`. */
  readonly problems: readonly string[];
  /** Names of the extensions. */
  readonly extensions: readonly string[];
  /** The architectures of its Linux programs and libraries. */
  readonly architectures: readonly Architecture[];
  readonly unzippedBytes: number;
  /** What does no harm on Lambda and should not be there, each as a line. */
  readonly warnings: readonly string[];
  /** Its JavaScript engines, and the releases whose bytes they have. */
  readonly engines: readonly FoundEngine[];
}

/** Lambda's limit, external and internal extensions together. */
export const maxExtensions = 10;

/** Linux's own limit. Source: path_resolution(7) */
const maxLinks = 40;

/** Checks the layer at `path`, a folder or a zip. Errors: `BuildError` if `path` is neither. */
export async function checkPath(path: string, wanted: Architecture | undefined): Promise<LayerCheck> {
  return checkLayer(await readLayer(path), wanted);
}

/** Reads the layer at `path`. Errors: `BuildError` if `path` is no folder and no zip. */
export async function readLayer(path: string): Promise<readonly TreeEntry[]> {
  const there = whatIsAt(path);
  if (there === "a folder") return readFolder(path);
  if (there === "a file") return readZip(path);
  const why = there === "nothing" ? "not there" : "neither";
  throw new BuildError(`--check: expected a folder or a zip, got ${path}, which is ${why}`);
}

/**
 * Checks a layer, which any tool may have made, for what makes Lambda's init fail.
 * Source: how the official emulator finds and starts extensions, and the limits of
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function checkLayer(
  entries: readonly TreeEntry[],
  wanted: Architecture | undefined,
  { isOneOfSeveral = false }: { readonly isOneOfSeveral?: boolean } = {},
): LayerCheck {
  const files = entries.filter((entry) => entry.kind === "file");
  const found = entries.filter(isExtension);
  const unzippedBytes = files.reduce((sum, { size }) => sum + size, 0);
  const dirt = entries.filter((entry) => entry.kind !== "folder" && !isExtension(entry) && dirtOf(entry.path));
  const warning = describeDirt(dirt.map(({ path }) => path));
  const problems = [
    ...(found.length === 0 ? explainEmpty(entries, isOneOfSeveral) : []),
    ...(found.length > maxExtensions
      ? [`extensions/: expected at most ${maxExtensions} extensions, which is Lambda's limit, got ${found.length}`]
      : []),
    ...found.flatMap((entry) => {
      const dirt = dirtOf(entry.path);
      if (dirt !== undefined) return [explainDirtInExtensions(entry.path, dirt)];
      const program = follow(entry, entries);
      return program?.kind === "file" ? checkExtension({ ...program, path: entry.path }, entries) : [];
    }),
    ...entries.flatMap((entry) => checkLink(entry, entries)),
    ...entries
      .filter(({ kind }) => kind === "special")
      .map(({ path }) => `${path}: expected a file, a folder or a link, got a device, a pipe or a socket`),
    ...twice(entries),
    ...fileAndFolder(entries),
    ...entries.flatMap(checkMode),
    ...files.flatMap((file) => checkArchitecture(file, wanted)),
    ...checkUnzippedSize(unzippedBytes),
  ];
  return {
    problems,
    extensions: found.map(({ path }) => posix.basename(path)),
    architectures: [...new Set(files.flatMap(architectureOf))].toSorted(),
    unzippedBytes,
    warnings: warning === undefined ? [] : [warning],
    engines: findEngines(entries),
  };
}

/** Beside other layers of a function, one may hold only libraries. Then a program in the wrong place still counts. */
function explainEmpty(entries: readonly TreeEntry[], isOneOfSeveral: boolean): readonly string[] {
  const deeper = entries.find(
    (entry) =>
      entry.kind !== "folder" &&
      /\/extensions\/[^/]+$/.test(entry.path) &&
      dirtOf(entry.path) === undefined &&
      (!isOneOfSeveral || isUpperProgram(entry)),
  );
  if (deeper === undefined) return isOneOfSeveral ? [] : [noExtension];
  return [`${noExtension}; there is ${deeper.path}: pack what is inside that upper folder, not the folder`];
}

const noExtension = "extensions/: expected an extension, got none";

/** True for a program in `<folder>/extensions/`. A library may have a folder of that name too, with modules in it. */
function isUpperProgram(entry: TreeEntry): boolean {
  if (entry.kind !== "file" || entry.path.split("/").length !== 3) return false;
  return ["script", "linux"].includes(programOf(entry.head).kind);
}

function checkLink(entry: TreeEntry, entries: readonly TreeEntry[]): readonly string[] {
  if (entry.kind !== "link" || (isExtension(entry) && dirtOf(entry.path) !== undefined)) return [];
  if (resolveLink(entry) === undefined) {
    return [`${entry.path}: expected a link inside the layer, got one to ${entry.target}`];
  }
  const end = follow(entry, entries);
  if (end === undefined) {
    return [`${entry.path}: expected a link to something in the layer, got one to ${entry.target}`];
  }
  const isWrong = end.kind === "folder" && isExtension(entry);
  return isWrong ? [`${entry.path}: expected a link to a file, got one to the folder ${entry.target}`] : [];
}

/** Follows links. Returns undefined if they lead to nothing in the layer, or in a circle. */
function follow(entry: TreeEntry, entries: readonly TreeEntry[]): TreeEntry | undefined {
  let end: TreeEntry | undefined = entry;
  for (let links = 0; end?.kind === "link"; links++) {
    const target: string | undefined = links < maxLinks ? resolveLink(end) : undefined;
    end =
      target === undefined
        ? undefined
        : (entries.find(({ path }) => path === target) ?? impliedFolder(target, entries));
  }
  return end;
}

/** A folder without an entry of its own: it exists because of what is in it. */
function impliedFolder(path: string, entries: readonly TreeEntry[]): TreeEntry | undefined {
  const isFolder = path === "" || entries.some((entry) => entry.path.startsWith(`${path}/`));
  return isFolder ? { kind: "folder", path, mode: 0o755 } : undefined;
}

/** A zip may name a file twice: each unpacker chooses which one it keeps. */
function twice(entries: readonly TreeEntry[]): readonly string[] {
  const seen = new Set<string>();
  const again = entries.filter(({ path }) => seen.size === seen.add(path).size).map(({ path }) => path);
  return [...new Set(again)].map((path) => `${path}: expected once, got it twice`);
}

/** In a zip one path can be a file and a folder; on a disk it cannot. */
function fileAndFolder(entries: readonly TreeEntry[]): readonly string[] {
  const folders = new Set(entries.map(({ path }) => posix.dirname(path)));
  const both = entries.filter(({ kind, path }) => kind === "file" && folders.has(path));
  return both.map(({ path }) => `${path}: expected a file or a folder, got both`);
}

/** Lambda starts everything in `extensions/` that is not a folder. */
export function isExtension({ kind, path }: TreeEntry): boolean {
  return kind !== "folder" && /^extensions\/[^/]+$/.test(path);
}

/** The path in the layer that a link leads to; undefined if the link leads out of the layer. */
function resolveLink({ path, target }: Extract<TreeEntry, { kind: "link" }>): string | undefined {
  // Lambda unpacks a layer into /opt: an absolute link into /opt is as good as a relative one.
  const absolute = posix.resolve("/opt", posix.dirname(path), target);
  const inside = posix.relative("/opt", absolute);
  return inside === ".." || inside.startsWith("../") ? undefined : inside;
}

/** The bits beside the permissions, and what takes them away. */
const specialBits = [
  { bit: 0o4000, name: "set-uid", take: "u-s" },
  { bit: 0o2000, name: "set-gid", take: "g-s" },
  { bit: 0o1000, name: "sticky", take: "-t" },
];

/**
 * Lambda runs extensions as another user, who cannot read what only the owner can read. A bit that lends the owner's
 * rights, or keeps a folder's files, has no use in a layer and comes from a tool that packs what it finds.
 */
function checkMode(entry: TreeEntry): readonly string[] {
  if (entry.kind === "link" || entry.kind === "special") return [];
  const { path, mode } = entry;
  const got = `0${mode.toString(8)}`;
  const special = specialBits.filter(({ bit }) => (mode & bit) !== 0);
  const names = special.map(({ name }) => name).join(" and ");
  const plain = mode & 0o777;
  const needed = entry.kind === "folder" ? 0o055 : 0o044;
  return [
    ...(special.length === 0
      ? []
      : [
          `${path}: expected a mode without ${names} bit (chmod ${special.map(({ take }) => take).join()}), got ${got}`,
        ]),
    ...((mode & needed & 0o007) === (needed & 0o007)
      ? []
      : [`${path}: expected mode 0${(plain | needed).toString(8)}, readable by all, got ${got}`]),
  ];
}

function architectureOf({ head }: FileEntry): readonly Architecture[] {
  const program = programOf(head);
  return program.kind === "linux" && program.architecture !== undefined ? [program.architecture] : [];
}

function checkArchitecture({ path, head }: FileEntry, wanted: Architecture | undefined): readonly string[] {
  const program = programOf(head);
  if (program.kind === "foreign") return [`${path}: expected a program for Linux, got one for ${program.system}`];
  if (program.kind !== "linux") return [];
  if (program.architecture === undefined) {
    return [`${path}: expected a program for x86_64 or arm64, got one for something else`];
  }
  if (wanted === undefined || program.architecture === wanted) return [];
  return [`${path}: expected a program for ${wanted}, got one for ${program.architecture}`];
}
