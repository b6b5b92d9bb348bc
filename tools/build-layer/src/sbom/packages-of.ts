import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readManifest } from "../config/read-manifest.ts";
import { upwards } from "../paths.ts";

/** An npm package that a bundle holds some code of. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As in its package.json: an SPDX id or expression, or free text. */
  readonly license: string | undefined;
  readonly licenseText: string | undefined;
}

/** The packages that files belong to, each once, by name and version. `paths` are absolute. */
export function packagesOf(paths: readonly string[]): readonly BundledPackage[] {
  const folders = new Set(
    paths.map((path) => upwards(dirname(path)).find(isPackage)).filter((folder) => folder !== undefined),
  );
  const packages = [...folders].map(readPackage);
  const keyOf = ({ name, version }: BundledPackage): string => `${name}@${version}`;
  const byKey = new Map(packages.map((one) => [keyOf(one), one]));
  return [...byKey.keys()].toSorted().flatMap((key) => byKey.get(key) ?? []);
}

/** Whether the package.json of a folder has a name and a version: inner ones may only say `"type": "commonjs"`. */
function isPackage(folder: string): boolean {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return false;
  const { name, version } = readManifest(path);
  return typeof name === "string" && typeof version === "string";
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = readManifest(join(folder, "package.json"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  return {
    name: String(name),
    version: String(version),
    license: typeof license === "string" ? license : undefined,
    licenseText: file === undefined ? undefined : readFileSync(join(folder, file), "utf8"),
  };
}
