import { join } from "node:path";
import { BuildError } from "../build-error.ts";
import { findEntry } from "./entry.ts";
import type { Entry } from "./entry.ts";
import type { ExtensionSettings } from "./extension-settings.ts";
import { parseSettings } from "./parse-settings.ts";
import { readManifest } from "./read-manifest.ts";

/** A folder with a package.json that describes an extension. */
export interface Project {
  readonly folder: string;
  readonly settings: ExtensionSettings;
  readonly entry: Entry;
}

/** Reads package.json of `folder`. Errors: `BuildError` with every problem of `lambdaExtension` at once. */
export function readProject(folder: string): Project {
  const manifest = readManifest(join(folder, "package.json"));
  const value = manifest["lambdaExtension"];
  const problems: string[] = [];
  let entry: Entry | undefined;
  try {
    const name = typeof value === "object" && value !== null && "entry" in value ? value.entry : undefined;
    if (typeof name === "string" && name !== "") entry = findEntry(folder, name);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    problems.push(...error.problems);
  }
  const parsed = parseSettings(value, entry?.kind === "package" ? entry.settings : undefined);
  if (parsed.kind === "problems") throw new BuildError([...parsed.problems, ...problems]);
  if (entry === undefined) throw new BuildError(problems);
  return { folder, settings: parsed.settings, entry };
}
