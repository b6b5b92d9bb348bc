import { realpathSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "../build-error.ts";
import { findInstalled } from "../config/entry.ts";
import type { Architecture } from "../config/extension-settings.ts";
import { readManifest } from "../config/read-manifest.ts";
import { namesIn, needsOf } from "./package-needs.ts";
import type { Need } from "./package-needs.ts";
import { fits, isNameOf } from "./platform.ts";

/** A package with its place beside the bundle. */
export interface PlacedPackage {
  readonly name: string;
  /** Where it is installed, without links. */
  readonly folder: string;
  /** `node_modules/pino`, or `node_modules/pino/node_modules/split2` beside another version. */
  readonly path: string;
  /** False if all that need it may work without it. */
  readonly isNeeded: boolean;
}

/** Where to start, and for whom. */
export interface TreeRequest {
  readonly folder: string;
  readonly external: readonly string[];
  readonly target: Architecture;
}

/**
 * Finds packages and what they need in production, as Node would from the project, and gives each a place that Node
 * finds without links: at the top, or below the package that needs another version than the one at the top.
 * Errors: none thrown; `problems` has what is not installed.
 */
export function placePackages({ folder, external, target }: TreeRequest): {
  readonly placed: readonly PlacedPackage[];
  readonly problems: readonly string[];
} {
  const own = readManifest(join(folder, "package.json"));
  // A bundled package is often a development dependency. One that the project does not list may be optional elsewhere.
  const needed = [...namesIn(own["dependencies"]), ...namesIn(own["devDependencies"])];
  const listed = new Set([...external, ...namesIn(own["dependencies"]), ...namesIn(own["optionalDependencies"])]);
  const problems = new Set<string>();
  const tree = createTree();
  for (const name of new Set(external)) {
    const found = locate(folder, name);
    if (found !== undefined) tree.place({ name, folder: found, isNeeded: needed.includes(name) });
    else problems.add(`expected "${name}" to be installed, got no such package: run npm install ${name}`);
  }
  // The needs of a package get their places together, before those of the packages below it.
  for (let one = tree.next(); one !== undefined; one = tree.next()) {
    const needs = needsOf(one.folder).map((need) => ({ ...need, found: locate(one.folder, need.name) }));
    for (const { name, kind, found } of needs) {
      if (found === undefined || !isWanted({ name, kind, found }, { listed, target })) continue;
      tree.place({ name, folder: found, isNeeded: one.isNeeded && kind === "needed" }, one);
    }
    for (const problem of explainMissing(one, needs, target)) problems.add(problem);
  }
  return { placed: tree.all(), problems: [...problems] };
}

/** Where a package is installed, without links. */
function locate(from: string, name: string): string | undefined {
  const found = findInstalled(from, name);
  return found && realpathSync(found);
}

/** Development may have installed optional packages for other reasons: TypeScript, or builds for its own machine. */
function isWanted(
  { name, kind, found }: Pick<Need, "name" | "kind"> & { readonly found: string },
  { listed, target }: { readonly listed: ReadonlySet<string>; readonly target: Architecture },
): boolean {
  if (kind === "optional peer") return listed.has(name);
  return kind !== "optional" || fits(readManifest(join(found, "package.json")), target);
}

function explainMissing(
  { name: of }: PlacedPackage,
  needs: readonly (Need & { readonly found: string | undefined })[],
  target: Architecture,
): readonly string[] {
  const missing = needs.filter(({ found }) => found === undefined);
  const needed = missing.filter(({ kind }) => kind === "needed");
  const builds = missing.filter(({ name, kind }) => kind === "optional" && isNameOf(name, target));
  const problems = needed.map(
    ({ name }) => `expected "${name}", which ${of} needs, to be installed, got no such package: run npm install`,
  );
  if (builds.length === 0) return problems;
  const names = builds.map(({ name }) => name).join(" and ");
  // With --cpu npm would remove the builds for this machine.
  const command = `npm install --no-save --force ${builds.map(({ name, range }) => `${name}@${range}`).join(" ")}`;
  return [
    ...problems,
    `expected the native build of "${of}" for ${target} (${names}), got none: run ${command}, or set "architectures" to those that are installed`,
  ];
}

function createTree() {
  const placed = new Map<string, PlacedPackage>();
  const queue: PlacedPackage[] = [];
  return {
    all: (): readonly PlacedPackage[] => [...placed.values()],
    next: () => queue.shift(),
    /** Gives a package its place, unless Node finds it already from the package `below` which it is needed. */
    place(one: Omit<PlacedPackage, "path">, below?: PlacedPackage): void {
      const seen = below && lookUp(placed, below.path, one.name);
      if (seen?.folder === one.folder) return;
      const path = below === undefined || seen === undefined ? "node_modules" : `${below.path}/node_modules`;
      const there = { ...one, path: `${path}/${one.name}` };
      // Two packages that need each other in two versions each would have no end.
      if (there.path.length > maxPath) {
        const got = `${there.path.slice(0, 200)}…`;
        throw new BuildError(
          `lambdaExtension.external: expected one version of packages that need each other, got folders without end: ${got}`,
        );
      }
      placed.set(there.path, there);
      queue.push(there);
    },
  };
}

const maxPath = 2000;

/** What Node finds from a package's place. */
function lookUp(placed: ReadonlyMap<string, PlacedPackage>, from: string, name: string): PlacedPackage | undefined {
  for (let at = from; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const one = placed.get(`${at}/node_modules/${name}`);
    if (one !== undefined) return one;
  }
  return placed.get(`node_modules/${name}`);
}
