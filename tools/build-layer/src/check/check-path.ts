import { statSync } from "node:fs";
import { BuildError } from "../build-error.ts";
import type { Architecture } from "../config/extension-settings.ts";
import { checkLayer } from "./check-layer.ts";
import type { LayerCheck } from "./check-layer.ts";
import { readFolder } from "./read-folder.ts";
import { readZip } from "./read-zip.ts";

/** Looks over the layer at `path`, a folder or a zip. Errors: `BuildError` where there is neither. */
export async function checkPath(path: string, wanted: Architecture | undefined): Promise<LayerCheck> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new BuildError(`--check: expected a folder or a zip, got ${path}, which is not there`);
  if (!stat.isDirectory() && !stat.isFile()) {
    throw new BuildError(`--check: expected a folder or a zip, got ${path}, which is neither`);
  }
  return checkLayer(stat.isDirectory() ? readFolder(path) : await readZip(path), wanted);
}
