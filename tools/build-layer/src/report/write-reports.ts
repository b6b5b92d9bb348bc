import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileOf } from "../beside/beside.ts";
import { BuildError } from "../build-error.ts";
import type { Project } from "../config/project.ts";
import { engineReleases } from "../engine/engine-release.ts";
import { withStaging } from "../layer/staging.ts";
import { makeFolder, whatIsAt } from "../paths.ts";
import { packagesOf } from "../sbom/packages-of.ts";
import type { BuildReport } from "./build-report.ts";
import { isOwnSbom, treemapMark } from "./marks.ts";

/** Files to write. Paths are relative to the project's folder. */
export interface ReportPaths {
  /** The treemap. */
  readonly report?: string | undefined;
  /** The bill of materials. */
  readonly sbom?: string | undefined;
}

/** Checks the places of the reports, before a build takes its time. Errors: `BuildError`; the file system's. */
export function prepareReports(folder: string, { report, sbom }: ReportPaths): void {
  if (report !== undefined) {
    prepare(resolve(folder, report), {
      option: "--report",
      extension: ".html",
      isOwn: (text) => text.includes(treemapMark),
    });
  }
  if (sbom === undefined) return;
  const path = resolve(folder, sbom);
  prepare(path, { option: "--sbom", extension: ".json", isOwn: isOwnSbom });
  // License texts have no mark: they belong to an earlier report if it lies beside them.
  if (!existsSync(path) && existsSync(licensesBeside(path))) throw somethingElse("--sbom", licensesBeside(path));
}

/** Makes the folder of a report. Throws if a file stands in its place that is no earlier report. */
function prepare(
  path: string,
  kind: { readonly option: string; readonly extension: string; readonly isOwn: (text: string) => boolean },
): void {
  const { option, extension, isOwn } = kind;
  if (!path.endsWith(extension)) {
    throw new BuildError(`${option}: expected a file whose name ends with ${extension}, got ${path}`);
  }
  const there = whatIsAt(path);
  if (there === "a folder") throw new BuildError(`${option}: expected a file, got the folder ${path}`);
  if (there !== "nothing" && !(there === "a file" && isOwn(readFileSync(path, "utf8")))) {
    throw somethingElse(option, path);
  }
  makeFolder(dirname(path));
}

function somethingElse(option: string, path: string): BuildError {
  return new BuildError(`${option}: expected a new file or an earlier report, got ${path}, which is something else`);
}

function licensesBeside(sbom: string): string {
  return sbom.replace(/json$/, "licenses.txt");
}

/**
 * Writes the files that were asked for: the treemap as HTML, the bill of materials as JSON with the license texts
 * beside it (`sbom.json`, `sbom.licenses.txt`).
 */
export async function writeReports(
  { folder, settings }: Project,
  built: BuildReport,
  { report, sbom }: ReportPaths,
): Promise<void> {
  // Both are loaded only if they are needed: no other build should pay the 0.1 s.
  if (report !== undefined) {
    const { toTreemap } = await import("./treemap.ts");
    await write(resolve(folder, report), toTreemap(built));
  }
  if (sbom === undefined) return;
  const { toLicenseTexts, toSbom } = await import("../sbom/sbom.ts");
  const inBundle = built.sources.filter(({ bytes }) => bytes > 0).map(({ path }) => resolve(folder, path));
  const beside = built.beside.map((part) => resolve(folder, fileOf(part)));
  const packages = packagesOf([...inBundle, ...beside]);
  const engines = built.layers.flatMap(({ architecture }) =>
    architecture === undefined || settings.engine === "shared" ? [] : [engineReleases[settings.runtime][architecture]],
  );
  const path = resolve(folder, sbom);
  await write(path, toSbom({ name: settings.name, packages, engines }));
  await write(licensesBeside(path), toLicenseTexts(packages));
}

function write(path: string, text: string): Promise<void> {
  return withStaging(dirname(path), (staging) => {
    writeFileSync(join(staging.folder, basename(path)), text);
    staging.moveTo(basename(path), path);
  });
}
