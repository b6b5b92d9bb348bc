import { resolve } from "node:path";
import { isValueMap, own } from "./value.ts";
import type { Value } from "./value.ts";

/** What `sam build` would still do with a folder. */
export interface BuildStep {
  /** `makefile`, `esbuild`, `python3.12` … */
  readonly method: string;
  /** Where make runs, absolute; undefined: in the folder itself. */
  readonly workingFolder: string | undefined;
}

/**
 * Reads a resource's metadata; undefined where nothing is left to do. The template that `sam build` writes keeps
 * BuildMethod; SamResourceId tells that it was built. `folder` is the template's.
 */
export function readBuildStep(metadata: Value | undefined, folder: string): BuildStep | undefined {
  if (!isValueMap(metadata) || own(metadata, "SamResourceId") !== undefined) return undefined;
  const method = own(metadata, "BuildMethod");
  const workingDirectory = own(metadata, "WorkingDirectory");
  if (typeof method !== "string") return undefined;
  const workingFolder = typeof workingDirectory === "string" ? resolve(folder, workingDirectory) : undefined;
  return { method, workingFolder };
}
