import { join, relative } from "node:path";
import { BuildError } from "../build-error.ts";
import type { Architecture } from "../config/extension-settings.ts";
import type { Project } from "../config/project.ts";
import { findAssets } from "./assets.ts";
import type { BesideFile } from "./beside-file.ts";
import { findPackages } from "./external-packages.ts";

/** A part of what lies beside the bundle. `path` is relative to the project's folder. Units: bytes. */
export interface BesidePart {
  readonly kind: "asset" | "package";
  readonly path: string;
  readonly bytes: number;
}

/** A file that stands for a part: of a package its package.json. The path is relative to the project's folder. */
export function fileOf({ kind, path }: BesidePart): string {
  return kind === "package" ? join(path, "package.json") : path;
}

/** Everything beside the bundle. */
export interface Beside {
  /** The files for one of the project's architectures; for undefined, files that are the same for all of them. */
  filesFor(architecture: Architecture | undefined): readonly BesideFile[];
  /** True if the files differ between architectures. */
  readonly holdsMachineCode: boolean;
  readonly parts: readonly BesidePart[];
  readonly warnings: readonly string[];
  /** Absolute paths of folders in which a new file may be an asset. */
  readonly folders: readonly string[];
}

/** Finds the project's assets and external packages. Errors: `BuildError` with every problem at once. */
export async function findBeside(project: Project): Promise<Beside> {
  const [first] = project.settings.architectures;
  const assets = await findAssets(project);
  const packages = new Map(project.settings.architectures.map((target) => [target, findPackages(project, target)]));
  const all = [...packages.values()];
  const problems = new Set([...assets.problems, ...all.flatMap((one) => one.problems)]);
  if (problems.size > 0) throw new BuildError([...problems]);
  const toPart =
    (kind: BesidePart["kind"]) =>
    ([path, bytes]: readonly [string, number]): BesidePart => ({
      kind,
      path: relative(project.folder, path),
      bytes,
    });
  return {
    filesFor: (architecture) => [...assets.files, ...(packages.get(architecture ?? first)?.files ?? [])],
    holdsMachineCode: all.some((one) => one.holdsMachineCode),
    parts: [
      ...assets.files.map(({ from, size }) => [from, size] as const).map(toPart("asset")),
      ...[...new Map(all.flatMap(({ folders }) => [...folders]))].map(toPart("package")),
    ],
    warnings: [...new Set(all.flatMap((one) => one.warnings))],
    folders: assets.folders,
  };
}
