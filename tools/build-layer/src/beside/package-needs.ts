import { join } from "node:path";
import { readManifest } from "../config/read-manifest.ts";
import { isRecord } from "../config/rules.ts";

/** A package that another one needs. */
export interface Need {
  readonly name: string;
  readonly range: string;
  readonly kind: "needed" | "optional" | "peer" | "optional peer";
}

/** What the package in `folder` needs in production, by name. One that is optional too is optional, as for npm. */
export function needsOf(folder: string): readonly Need[] {
  const manifest = readManifest(join(folder, "package.json"));
  const meta = manifest["peerDependenciesMeta"];
  const isOptionalPeer = (name: string): boolean => {
    const about = isRecord(meta) ? meta[name] : undefined;
    return isRecord(about) && about["optional"] === true;
  };
  const needs = (key: string, kindOf: (name: string) => Need["kind"]): readonly Need[] => {
    const listed = manifest[key];
    const pairs = isRecord(listed) ? Object.entries(listed) : [];
    return pairs.map(([name, range]) => ({ name, range: String(range), kind: kindOf(name) }));
  };
  const all = [
    ...needs("peerDependencies", (name) => (isOptionalPeer(name) ? "optional peer" : "peer")),
    ...needs("dependencies", () => "needed"),
    ...needs("optionalDependencies", () => "optional"),
  ];
  const byName = new Map(all.map((need) => [need.name, need]));
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The names in a list of dependencies. */
export function namesIn(value: unknown): readonly string[] {
  return isRecord(value) ? Object.keys(value) : [];
}
