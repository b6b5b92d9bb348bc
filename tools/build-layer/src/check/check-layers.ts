import { posix } from "node:path";
import type { Architecture } from "../config/extension-settings.ts";
import { checkUnzippedSize } from "../layer/unzipped-size.ts";
import { upwards } from "../paths.ts";
import { checkLayer, isExtension, maxExtensions, readLayer } from "./check-layer.ts";
import type { LayerCheck } from "./check-layer.ts";
import { dirtOf } from "./dirt.ts";
import type { FileEntry, TreeEntry } from "./layer-tree.ts";

/** What a check of several layers of one function found. */
export interface LayersCheck {
  readonly layers: readonly (LayerCheck & { readonly path: string })[];
  /** What is wrong only with all of them together. */
  readonly sum: Pick<LayerCheck, "problems" | "extensions" | "unzippedBytes">;
}

/** A layer's place, and what is in it. */
export interface NamedLayer {
  readonly path: string;
  readonly entries: readonly TreeEntry[];
}

/** Lambda's limit for one function. */
const maxLayers = 5;

/** How many paths one problem names. */
const named = 3;

/** Checks layers that one function uses, in the order of its list. Errors: `BuildError` if a path is no layer. */
export async function checkPaths(paths: readonly string[], wanted: Architecture | undefined): Promise<LayersCheck> {
  const layers: NamedLayer[] = [];
  for (const path of paths) layers.push({ path, entries: await readLayer(path) });
  const isOneOfSeveral = layers.length > 1;
  const checked = layers.map(({ path, entries }) => ({ path, ...checkLayer(entries, wanted, { isOneOfSeveral }) }));
  return { layers: checked, sum: checkSum(layers, checked) };
}

/**
 * Looks at layers as Lambda unpacks them: into one folder, in order.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
 */
export function checkSum(layers: readonly NamedLayer[], checked: readonly LayerCheck[]): LayersCheck["sum"] {
  const unzippedBytes = checked.reduce((sum, layer) => sum + layer.unzippedBytes, 0);
  const extensions = [...new Set(checked.flatMap((layer) => layer.extensions))];
  return {
    problems: [
      ...(layers.length > maxLayers
        ? [`expected at most ${maxLayers} layers, which is Lambda's limit, got ${layers.length}`]
        : []),
      ...(layers.length > 1 && extensions.length === 0
        ? ["extensions/: expected an extension in one of the layers, got none"]
        : []),
      ...(extensions.length > maxExtensions
        ? [`expected at most ${maxExtensions} extensions, which is Lambda's limit, got ${extensions.length}`]
        : []),
      ...layers.flatMap((later, index) => layers.slice(0, index).flatMap((earlier) => explainLoss(earlier, later))),
      ...checkArchitectures(layers, checked),
      ...checkUnzippedSize(unzippedBytes),
    ],
    extensions,
    unzippedBytes,
  };
}

/** What the later of two layers takes from the earlier one: a problem for each extension, and one for other files. */
function explainLoss(earlier: NamedLayer, later: NamedLayer): readonly string[] {
  const before = byPath(earlier.entries);
  const shared = [...byPath(later.entries).values()].flatMap((entry) => {
    const there = before.get(entry.path);
    return there === undefined || dirtOf(entry.path) !== undefined ? [] : [{ entry, there }];
  });
  const extensions = shared.filter(({ entry }) => isExtension(entry));
  const changed = shared.filter(({ entry, there }) => !isExtension(entry) && !isSame(entry, there));
  return [
    ...extensions.map(
      ({ entry }) =>
        `${entry.path}: expected in one layer, got it in ${earlier.path} and ${later.path}: Lambda starts only that of ${later.path}: give one of the extensions another name`,
    ),
    ...(changed.length === 0
      ? []
      : [
          `${list(changed.map(({ entry }) => entry.path))}: expected in one layer, or with the same bytes, ` +
            `got others in ${later.path} than in ${earlier.path}: Lambda keeps only those of ${later.path}: put them at another path in one layer`,
        ]),
  ];
}

/** The entries by path, with the folders that a zip may leave out. */
function byPath(entries: readonly TreeEntry[]): ReadonlyMap<string, TreeEntry> {
  const all = new Map<string, TreeEntry>();
  for (const { path } of entries) {
    for (const folder of upwards(posix.dirname(path))) all.set(folder, { kind: "folder", path: folder, mode: 0o755 });
  }
  for (const entry of entries) all.set(entry.path, entry);
  return all;
}

function list(paths: readonly string[]): string {
  const more = paths.length > named ? ` and ${paths.length - named} more` : "";
  return `${paths.slice(0, named).join(", ")}${more}`;
}

/** True if nothing is lost where one replaces the other. Of large files it compares the size and the first bytes. */
function isSame(one: TreeEntry, other: TreeEntry): boolean {
  switch (one.kind) {
    case "folder":
      return other.kind === "folder";
    case "link":
      return other.kind === "link" && other.target === one.target;
    case "file":
      return other.kind === "file" && hasSameBytes(one, other);
    case "special":
      return false;
  }
}

function hasSameBytes(one: FileEntry, other: FileEntry): boolean {
  return (
    one.size === other.size && Buffer.compare(one.head, other.head) === 0 && one.engine?.sha256 === other.engine?.sha256
  );
}

/** A function has one architecture. A layer without machine code fits both. */
function checkArchitectures(layers: readonly NamedLayer[], checked: readonly LayerCheck[]): readonly string[] {
  const bound = checked.flatMap(({ architectures }, index) =>
    architectures.length === 1 ? [{ path: layers[index]?.path, architecture: architectures[0] }] : [],
  );
  const [first] = bound;
  const other = bound.find(({ architecture }) => architecture !== first?.architecture);
  if (first === undefined || other === undefined) return [];
  return [
    `expected programs for one architecture, got those for ${first.architecture} in ${first.path} and for ${other.architecture} in ${other.path}`,
  ];
}
