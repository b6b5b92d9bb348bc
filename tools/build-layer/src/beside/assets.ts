import { basename, dirname, join, posix, relative, resolve } from "node:path";
import type { Project } from "../config/project.ts";
import { whatIsAt } from "../paths.ts";
import { toBesideFile } from "./beside-file.ts";
import type { BesideFile } from "./beside-file.ts";

/** What `lambdaExtension.assets` names. */
export interface Assets {
  readonly files: readonly BesideFile[];
  /** Folders in which a new file may be an asset too. */
  readonly folders: readonly string[];
  readonly problems: readonly string[];
}

/** Names beside the bundle that belong to build-layer. */
const reserved = /^(index\.cjs(\.map)?|(bin|node_modules)(\/.*)?)$/;

/**
 * Finds the files that the patterns name. As `cp -r` does, it drops the folder above what a pattern names:
 * `src/rules.json` becomes `rules.json`, and the folder `src/pages` becomes `pages/…`. A pattern with wildcards loses
 * its fixed part. Links are followed, because pnpm's packages are links. A pattern finds hidden files only if it names
 * the dot.
 * Errors: none thrown; `problems` has patterns without files, and files that cannot lie where they should.
 */
export async function findAssets({ folder, settings: { assets } }: Project): Promise<Assets> {
  if (assets.length === 0) return { files: [], folders: [], problems: [] };
  // Loaded only if it is needed: no other build should wait for it.
  const { globSync } = await import("tinyglobby");
  const found = new Map<string, string>();
  const folders = new Set<string>();
  const problems: string[] = [];
  for (const pattern of assets) {
    const { base, rest } = split(folder, pattern);
    const isOne = whatIsAt(resolve(base, rest)) === "a file";
    const paths = isOne
      ? [rest]
      : globSync(rest, { cwd: base, ignore: ignoredIn(base, folder), expandDirectories: false });
    if (!isOne) folders.add(base);
    if (paths.length === 0) {
      const seen = whatIsAt(base) === "a folder" ? `none in ${base}` : `no folder ${base}`;
      problems.push(`lambdaExtension.assets: expected files at "${pattern}", got ${seen}`);
    }
    for (const path of paths) {
      const from = resolve(base, path);
      for (let above = dirname(from); above.length > base.length; above = dirname(above)) folders.add(above);
      const problem = problemOf(path, from, found.get(path));
      if (problem === undefined) found.set(path, from);
      else problems.push(`lambdaExtension.assets: ${problem}`);
    }
  }
  return { files: [...found].map(([path, from]) => toBesideFile(path, from)), folders: [...folders], problems };
}

/** In node_modules a pattern must name the package. The project's own dist holds the layer that is made. */
function ignoredIn(base: string, folder: string): readonly string[] {
  const dist = relative(base, join(folder, "dist"));
  return ["**/node_modules/**", ...(dist === "" || dist.startsWith("..") ? [] : [`${escape(dist)}/**`])];
}

function problemOf(path: string, from: string, other: string | undefined): string | undefined {
  const what = whatIsAt(from);
  if (what !== "a file") return `expected a file, got ${from}, which is ${what}`;
  if (reserved.test(path)) return `expected a file that may lie beside the bundle, got ${from} as "${path}"`;
  if (other === undefined || other === from) return undefined;
  return `expected one file to become "${path}", got ${other} and ${from}`;
}

/** The folder that a pattern starts in, and what to look for there. */
function split(folder: string, pattern: string): { readonly base: string; readonly rest: string } {
  const path = resolve(folder, pattern);
  const there = whatIsAt(path);
  if (there === "a file") return { base: dirname(path), rest: basename(path) };
  if (there === "a folder") return { base: dirname(path), rest: `${escape(basename(path))}/**` };
  const segments = posix.normalize(pattern).split("/");
  const wild = segments.findIndex((segment) => wildcards.test(segment));
  const fixed = wild === -1 ? segments.length - 1 : wild;
  return { base: resolve(folder, ...segments.slice(0, fixed)), rest: segments.slice(fixed).join("/") };
}

const wildcards = /[*?[\]{}()!+@\\]/;

function escape(path: string): string {
  return path.replaceAll(new RegExp(wildcards, "g"), "\\$&");
}
