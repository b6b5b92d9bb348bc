import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { isNameOf } from "../beside/platform.ts";
import { readManifest } from "../config/read-manifest.ts";
import { isRecord } from "../config/rules.ts";
import { upwards, whatIsAt } from "../paths.ts";
import { packageOf } from "./lack.ts";
import type { Lack } from "./lack.ts";

/** What to look at. Paths of sources are relative to the project's folder, those beside the bundle to its folder. */
export interface LackRequest {
  readonly folder: string;
  readonly sources: readonly string[];
  readonly beside: readonly string[];
  readonly keepNames: boolean;
}

/**
 * Finds what the bundle's sources need and the bundle cannot hold: files that they look for beside themselves, by a
 * path that is written there, native code, and names of classes. No build can see whether the program uses them.
 */
export function findLacks({ folder, sources, beside, keepNames }: LackRequest): readonly Lack[] {
  const there = new Set(beside.flatMap((path) => [path, ...upwards(path)]));
  const programs = sources.filter(
    (source) => /\.[cm]?[jt]sx?$/.test(source) && whatIsAt(resolve(folder, source)) === "a file",
  );
  const files = programs.flatMap((source) => filesOf(resolve(folder, source), folder, there));
  const packages = new Map(sources.flatMap((source) => packageFolder(resolve(folder, source)) ?? []));
  const native = [...packages].filter(([, path]) => isNative(path));
  return [
    ...native.map(([packageName]) => ({
      packageName,
      text: `${packageName}: expected no native code, which a bundle cannot hold, got a package with some`,
      advice: "",
    })),
    ...files,
    ...(keepNames ? [] : programs.flatMap((source) => namesOf(resolve(folder, source), folder))),
  ];
}

/** Packages are left out: most of them ask for the names of built-in classes, which stay. */
function namesOf(source: string, folder: string): readonly Lack[] {
  if (packageOf(source) !== undefined) return [];
  const text = readFileSync(source, "utf8");
  return [...text.matchAll(/\b(?:constructor|new\.target)\.name\b/g)].map(({ index, 0: asked }) => ({
    packageName: undefined,
    text: `${placeOf(source, folder, text.slice(0, index))}: expected ${asked} to be the name in the source, got the short one of a minified bundle`,
    advice: 'set "keepNames": true in lambdaExtension',
  }));
}

function placeOf(source: string, folder: string, before: string): string {
  return `${relative(folder, source)}:${before.split("\n").length}`;
}

/** The ways to name a file beside the source. The first group has the path, or the arguments of `join`. */
const nearby = [
  /\b(?:join|resolve)\(\s*(?:__dirname|import\.meta\.dirname)\s*,((?:\s*(?:"[^"\n]*"|'[^'\n]*')\s*,?)+)\)/g,
  /(?:__dirname|import\.meta\.dirname)\s*\+\s*(["'][^"'\n]+["'])/g,
  /`\$\{(?:__dirname|import\.meta\.dirname)\}([^`$\n]+)`/g,
  /new URL\(\s*(["'`][^"'`$\n]+["'`])\s*,\s*import\.meta\.url/g,
];

function filesOf(source: string, folder: string, there: ReadonlySet<string>): readonly Lack[] {
  const text = readFileSync(source, "utf8");
  return nearby.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(({ index, 1: written = "" }) => {
      const path = posix.join(".", ...written.split(/["'`,]/).map((part) => part.trim()));
      const place = placeOf(source, folder, text.slice(0, index));
      // Only a file that exists is sure to be meant.
      if (there.has(path) || whatIsAt(join(dirname(source), path)) !== "a file") return [];
      return [
        {
          packageName: packageOf(source),
          text: `${place}: expected ${path} beside the bundle, got nothing there`,
          advice: adviceFor(path, source, folder),
        },
      ];
    }),
  );
}

function adviceFor(path: string, source: string, folder: string): string {
  const asset = (part: string): string =>
    `add "${relative(folder, join(dirname(source), part))}" to lambdaExtension.assets`;
  if (path.startsWith("../")) return `${asset(path)}, and open join(__dirname, "${posix.basename(path)}")`;
  return asset(path.split("/")[0] ?? path);
}

/** The package that a file of node_modules belongs to, with its folder. */
function packageFolder(path: string): readonly [name: string, folder: string][] | undefined {
  const name = packageOf(path);
  if (name === undefined) return undefined;
  const end = path.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}`.length;
  return [[name, path.slice(0, end)]];
}

/** Whether a package compiles code when it is installed, holds compiled code, or has packages that do. */
function isNative(folder: string): boolean {
  if (["binding.gyp", "prebuilds"].some((name) => existsSync(join(folder, name)))) return true;
  if (!existsSync(join(folder, "package.json"))) return false;
  const optional = readManifest(join(folder, "package.json"))["optionalDependencies"];
  return isRecord(optional) && Object.keys(optional).some((name) => isNameOf(name, "x86_64"));
}
