import { resolve } from "node:path";
import { own } from "./value.ts";
import type { Value } from "./value.ts";

/** What `sam build` would still do with a folder. */
export interface BuildStep {
  /** `makefile`, `esbuild`, `python3.12` … */
  readonly method: string;
  /** Where make runs, absolute; undefined: in the folder itself. */
  readonly workingFolder: string | undefined;
}

/**
 * Reads a resource's metadata; undefined if nothing is left to do. The template that `sam build` writes keeps
 * BuildMethod, and has SamResourceId besides. `folder` is the template's.
 */
export function readBuildStep(metadata: Value | undefined, folder: string): BuildStep | undefined {
  const method = own(metadata, "BuildMethod");
  const workingDirectory = own(metadata, "WorkingDirectory");
  if (typeof method !== "string" || own(metadata, "SamResourceId") !== undefined) return undefined;
  const workingFolder = typeof workingDirectory === "string" ? resolve(folder, workingDirectory) : undefined;
  return { method, workingFolder };
}
