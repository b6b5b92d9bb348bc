import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileOf } from "./beside/beside.ts";
import type { Beside } from "./beside/beside.ts";
import { BuildError } from "./build-error.ts";
import { builtFromName, describeSources } from "./built-from.ts";
import { bundleEntry } from "./bundle/bundle.ts";
import type { Bundle, Source } from "./bundle/bundle.ts";
import { checkBytes, checkStartUp } from "./check-budgets.ts";
import type { Architecture, Budgets, ExtensionSettings } from "./config/extension-settings.ts";
import type { Project } from "./config/project.ts";
import type { EngineSource } from "./engine/cached-engine.ts";
import { allEnded } from "./layer/all-ended.ts";
import { writeFolder } from "./layer/folder.ts";
import type { LayerFile } from "./layer/layer-file.ts";
import { layerFiles } from "./layer/layer-files.ts";
import type { LayerPlan } from "./layer/plan-layers.ts";
import { withStaging } from "./layer/staging.ts";
import type { Staging } from "./layer/staging.ts";
import { checkUnzippedSize, sizeOf } from "./layer/unzipped-size.ts";
import { toZip } from "./layer/zip.ts";
import type { BuildReport, BuiltLayer } from "./report/build-report.ts";
import { checkStart } from "./start-up/check-start.ts";
import type { LayerContent } from "./start-up/check-start.ts";
import { measureLayer } from "./start-up/measure-layer.ts";
import type { Host, StartUp } from "./start-up/measure-layer.ts";

/** What a build needs besides its project: where engines are kept, who hears of slow work, and what to build. */
export interface BuildOptions extends Omit<EngineSource, "projectFolder"> {
  /** Build for this architecture only, which the project must list. Default: build for all of them. */
  readonly architecture?: Architecture | undefined;
  /**
   * Take no file from the folder of an earlier build, which any program may have changed: for a bill of materials.
   * Costs 0.2 s with an engine. Default: `false`.
   */
  readonly isFresh?: boolean | undefined;
  /**
   * The machine that starts what is built: each bundle once, as a check, and for `maxStartUpRatio` many times. It runs
   * the extension's code with the rights of this process. Default: nothing is started.
   */
  readonly host?: Host | undefined;
  /** Hears what the bundle is made of, also if the build fails later. */
  readonly onBundled?: ((sources: readonly Source[]) => void) | undefined;
  /** Measures the start-up for `maxStartUpRatio`, which takes seconds. Default: true. */
  readonly measures?: boolean | undefined;
}

/** A layer to make: as a folder, a zip or both. */
export interface Output extends LayerPlan {
  readonly folder: string | undefined;
  readonly zip: string | undefined;
  /** The folder of an earlier build of this package, which may hold the same engine. */
  readonly previous?: string | undefined;
}

/** What to make, and where it goes. */
export interface Outputs {
  readonly outputs: readonly Output[];
  readonly beside: Beside;
  /** The folder of the staging folder, in which every output has the names of its plan. */
  readonly parent: string;
  /** Moves the outputs from the staging folder to their places. */
  readonly place: (staging: Staging) => void;
}

/**
 * Bundles a project, makes its layers in a staging folder, checks them and moves them into place.
 * Errors: `BuildError`; then nothing is in its place.
 */
export async function makeLayers(
  project: Project,
  { outputs, beside, parent, place }: Outputs,
  options: BuildOptions,
): Promise<BuildReport> {
  const { name, budgets } = project.settings;
  const besidePaths = beside.filesFor(undefined).map(({ path }) => path);
  const bundle = await bundleEntry(project, besidePaths);
  // Now: what changes while the build goes on is not in the bundle.
  const described = describeSources(project.folder, {
    outputs: outputs.flatMap(({ folderName, zipName }) => [folderName, zipName]),
    sources: [...bundle.sources.map(({ path }) => path), ...beside.parts.map(fileOf)],
  });
  options.onBundled?.(bundle.sources);
  const bundleBytes = bundle.code.byteLength;
  refuse(checkBytes("maxBundleBytes", { allowed: budgets.maxBundleBytes, bytes: bundleBytes }, bundle.sources));
  const contents = await allEnded(
    outputs.map(async (output) => {
      const files = await layerFiles(project, { bundle, beside, architecture: output.architecture }, options);
      return { output, files, unzippedBytes: measure(files) };
    }),
  );
  return withStaging(parent, async (staging) => {
    const layers = await allEnded(contents.map((content) => writeLayer(staging.folder, content, budgets)));
    const { holdsMachineCode } = beside;
    const started = contents.map(({ output: { architecture }, files }) => ({ architecture, holdsMachineCode, files }));
    const startWarnings = await startOnce(project.settings, started, options);
    const staged = outputs.map((output) => ({ ...output, folder: join(staging.folder, output.folderName) }));
    const startUp = await startUpWithinBudget(project.settings, { layers: staged, bundle }, options);
    await writeFile(join(staging.folder, builtFromName), described);
    place(staging);
    const warnings = [...bundle.warnings, ...beside.warnings, ...startWarnings];
    const { parts, folders: assetFolders } = beside;
    return { name, bundleBytes, sources: bundle.sources, beside: parts, assetFolders, warnings, startUp, layers };
  });
}

interface Content {
  readonly output: Output;
  readonly files: readonly LayerFile[];
  readonly unzippedBytes: number;
}

/** Writes one layer into the staging folder, as a folder, a zip or both. */
async function writeLayer(
  staging: string,
  { output, files, unzippedBytes }: Content,
  budgets: Budgets,
): Promise<BuiltLayer> {
  const { architecture, folder, folderName, zip, zipName, previous } = output;
  const isFolderNeeded = folder !== undefined || budgets.maxStartUpRatio !== undefined;
  const [bytes] = await allEnded([
    zip === undefined ? 0 : writeZip(join(staging, zipName), files, budgets),
    isFolderNeeded && writeFolder(join(staging, folderName), files, previous),
  ]);
  return { architecture, folder, unzippedBytes, zip: zip === undefined ? undefined : { path: zip, bytes } };
}

/** Returns the zip's size. Errors: `BuildError` if the size is above its budget. */
async function writeZip(path: string, files: readonly LayerFile[], budgets: Budgets): Promise<number> {
  const zip = await toZip(files);
  const bytes = zip.reduce((sum, { byteLength }) => sum + byteLength, 0);
  // The files with their size before compression.
  const parts = files.map((file) => ({ path: file.path, bytes: sizeOf(file) }));
  refuse(checkBytes("maxZipBytes", { allowed: budgets.maxZipBytes, bytes }, parts));
  await writeFile(path, zip);
  return bytes;
}

/** Returns the warnings of the start check. */
async function startOnce(
  settings: ExtensionSettings,
  layers: readonly LayerContent[],
  options: BuildOptions,
): Promise<readonly string[]> {
  const { host, cacheFolder } = options;
  if (host === undefined) return [];
  return checkStart(settings, layers, { host, cacheFolder, say: (line) => options.say(line) });
}

async function startUpWithinBudget(
  settings: ExtensionSettings,
  { layers, bundle }: { readonly layers: Parameters<typeof measureLayer>[1]; readonly bundle: Bundle },
  { host, measures = true, say }: BuildOptions,
): Promise<StartUp | undefined> {
  if (settings.budgets.maxStartUpRatio === undefined || host === undefined || !measures) return undefined;
  const startUp = await measureLayer(settings, layers, host);
  if (startUp === undefined) {
    say(
      `maxStartUpRatio was not checked: expected Linux and a processor of ${settings.architectures.join(" or ")}, got ${host.platform} on ${host.arch}`,
    );
  } else {
    refuse(checkStartUp(settings.budgets, startUp, bundle.sources));
  }
  return startUp;
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new BuildError(problem);
}

function measure(files: readonly LayerFile[]): number {
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
  const [problem] = checkUnzippedSize(bytes);
  if (problem !== undefined) throw new BuildError(`layer: ${problem}`);
  return bytes;
}
