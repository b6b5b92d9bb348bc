import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileOf, findBeside } from "./beside/beside.ts";
import type { Beside } from "./beside/beside.ts";
import { BuildError } from "./build-error.ts";
import { builtFromName, describeSources, forgetLayer } from "./built-from.ts";
import { bundleEntry } from "./bundle/bundle.ts";
import type { Bundle, Source } from "./bundle/bundle.ts";
import { checkBytes, checkStartUp } from "./check-budgets.ts";
import { readHead } from "./check/read-folder.ts";
import type { Architecture, Budgets, ExtensionSettings } from "./config/extension-settings.ts";
import type { Project } from "./config/project.ts";
import type { EngineSource } from "./engine/cached-engine.ts";
import { allEnded } from "./layer/all-ended.ts";
import { writeFolder } from "./layer/folder.ts";
import type { LayerFile } from "./layer/layer-file.ts";
import { layerFiles } from "./layer/layer-files.ts";
import { checkOutFolder } from "./layer/out-folder.ts";
import { everyOutputName, planLayers } from "./layer/plan-layers.ts";
import type { LayerPlan } from "./layer/plan-layers.ts";
import { withStaging } from "./layer/staging.ts";
import type { Staging } from "./layer/staging.ts";
import { checkUnzippedSize, sizeOf } from "./layer/unzipped-size.ts";
import { toZip } from "./layer/zip.ts";
import { whatIsAt } from "./paths.ts";
import type { BuildReport, BuiltLayer } from "./report/build-report.ts";
import { checkStart } from "./start-up/check-start.ts";
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

/**
 * Bundles a project and writes `dist/layer` and `dist/<name>.zip`, or one pair for each architecture. It makes
 * everything in a staging folder and moves it into place at the end.
 * Errors: `BuildError`; then `dist` is unchanged.
 */
export async function buildLayers(project: Project, options: BuildOptions): Promise<BuildReport> {
  const narrowed = narrow(project, options.architecture);
  const dist = join(project.folder, "dist");
  const beside = await findBeside(narrowed);
  const outputs = planLayers(narrowed.settings, beside.holdsMachineCode).map((plan): Output => ({
    ...plan,
    folder: join(dist, plan.folderName),
    zip: join(dist, plan.zipName),
    previous: options.isFresh === true ? undefined : join(dist, plan.folderName),
  }));
  const place = (staging: Staging): void => {
    const made = new Set(outputs.flatMap(({ folderName, zipName }) => [folderName, zipName]));
    const names = [project.settings.name, ...extensionsIn(join(dist, "layer"))];
    for (const output of new Set(names.flatMap(everyOutputName))) {
      if (made.has(output)) staging.moveTo(output, join(dist, output));
      else staging.remove(join(dist, output));
    }
    staging.moveTo(builtFromName, join(dist, builtFromName));
  };
  return build(narrowed, { outputs, beside, parent: dist, place }, options);
}

/**
 * Bundles a project and writes one layer's content into `target`, which may hold other things: SAM's ARTIFACTS_DIR.
 * The layer is for the project's first architecture, unless the options name another one.
 * Errors: `BuildError`; then `target` is unchanged.
 */
export async function buildInto(project: Project, target: string, options: BuildOptions): Promise<BuildReport> {
  const narrowed = narrow(project, options.architecture);
  const { name } = project.settings;
  checkOutFolder(target, project);
  const { plan, beside } = await planFirst(narrowed);
  const output: Output = { ...plan, folder: target, zip: undefined };
  const place = (staging: Staging): void => {
    forgetLayer(target);
    staging.moveTo(join(plan.folderName, name), join(target, name));
    staging.moveTo(join(plan.folderName, "extensions", name), join(target, "extensions", name));
  };
  return build(narrowed, { outputs: [output], beside, parent: target, place }, options);
}

/**
 * Bundles a project and writes one layer as the zip `path`. The layer is for the project's first architecture, unless
 * the options name another one. Errors: `BuildError`; then `path` is unchanged.
 */
export async function buildZip(project: Project, path: string, options: BuildOptions): Promise<BuildReport> {
  const narrowed = narrow(project, options.architecture);
  const there = whatIsAt(path);
  if (there === "a folder") throw new BuildError(`--zip: expected a file, got the folder ${path}`);
  if (there !== "nothing" && !(there === "a file" && isLayerZip(path))) {
    throw new BuildError(`--zip: expected a new file or an earlier zip, got ${path}, which is something else`);
  }
  const { plan, beside } = await planFirst(narrowed);
  const output: Output = { ...plan, folder: undefined, zip: path };
  const place = (staging: Staging): void => {
    forgetLayer(path);
    staging.moveTo(plan.zipName, path);
  };
  return build(narrowed, { outputs: [output], beside, parent: dirname(path), place }, options);
}

/** The layer of the first architecture. Native builds for the others need not be installed. */
async function planFirst(project: Project): Promise<{ readonly plan: LayerPlan; readonly beside: Beside }> {
  const [first] = project.settings.architectures;
  const beside = await findBeside(narrow(project, first));
  const [plan] = planLayers(project.settings, beside.holdsMachineCode);
  return { plan, beside };
}

/** A layer to make: as a folder, a zip or both. */
interface Output extends LayerPlan {
  readonly folder: string | undefined;
  readonly zip: string | undefined;
  /** The folder of an earlier build of this package, which may hold the same engine. */
  readonly previous?: string | undefined;
}

interface Outputs {
  readonly outputs: readonly Output[];
  readonly beside: Beside;
  /** The folder of the staging folder, in which every output has the names of its plan. */
  readonly parent: string;
  /** Moves the outputs from the staging folder to their places. */
  readonly place: (staging: Staging) => void;
}

async function build(
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
    const layers = await allEnded(
      contents.map(async ({ output, files, unzippedBytes }): Promise<BuiltLayer> => {
        const { architecture, folder, folderName, zip, zipName, previous } = output;
        const isFolderNeeded = folder !== undefined || budgets.maxStartUpRatio !== undefined;
        const [bytes] = await allEnded([
          zip === undefined ? 0 : writeZip(join(staging.folder, zipName), files, budgets),
          isFolderNeeded && writeFolder(join(staging.folder, folderName), files, previous),
        ]);
        return { architecture, folder, unzippedBytes, zip: zip === undefined ? undefined : { path: zip, bytes } };
      }),
    );
    const startWarnings = await startOnce(project.settings, contents, options);
    const staged = outputs.map((output) => ({ ...output, folder: join(staging.folder, output.folderName) }));
    const startUp = await startUpWithinBudget(project.settings, { layers: staged, bundle }, options);
    await writeFile(join(staging.folder, builtFromName), described);
    place(staging);
    const warnings = [...bundle.warnings, ...beside.warnings, ...startWarnings];
    const { parts, folders: assetFolders } = beside;
    return { name, bundleBytes, sources: bundle.sources, beside: parts, assetFolders, warnings, startUp, layers };
  });
}

/** True if a file is a zip in which a path begins as in a layer: not a document or an archive of the user's. */
function isLayerZip(path: string): boolean {
  const isZip = Buffer.from("PK\x03\x04", "latin1").equals(readHead(path).subarray(0, 4));
  return isZip && readFileSync(path).includes("extensions/");
}

/** The names of the last build's extensions: another name if the extension was renamed since. */
function extensionsIn(layer: string): readonly string[] {
  const extensions = join(layer, "extensions");
  return whatIsAt(extensions) === "a folder" ? readdirSync(extensions) : [];
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
  contents: readonly { readonly output: Output; readonly files: readonly LayerFile[] }[],
  options: BuildOptions,
): Promise<readonly string[]> {
  const { host, cacheFolder } = options;
  if (host === undefined) return [];
  const layers = contents.map(({ output: { architecture }, files }) => ({ architecture, files }));
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

function narrow(project: Project, architecture: Architecture | undefined): Project {
  if (architecture === undefined) return project;
  const { architectures } = project.settings;
  if (!architectures.includes(architecture)) {
    throw new BuildError(
      `--architecture: expected one of lambdaExtension.architectures (${architectures.join(", ")}), got ${architecture}`,
    );
  }
  return { ...project, settings: { ...project.settings, architectures: [architecture] } };
}

function measure(files: readonly LayerFile[]): number {
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
  const [problem] = checkUnzippedSize(bytes);
  if (problem !== undefined) throw new BuildError(`layer: ${problem}`);
  return bytes;
}
