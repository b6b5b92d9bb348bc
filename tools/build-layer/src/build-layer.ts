import { readdirSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkBundleBudget, checkStartUpBudget, checkZipBudget } from "./budget/check-budgets.ts";
import { BuildError } from "./build-error.ts";
import { bundleEntry } from "./bundle/bundle.ts";
import type { Bundle } from "./bundle/bundle.ts";
import { isZip } from "./check/read-head.ts";
import type { Architecture, Budgets, ExtensionSettings } from "./config/extension-settings.ts";
import type { Project } from "./config/project.ts";
import type { EngineSource } from "./engine/carried-engine.ts";
import { allEnded } from "./layer/all-ended.ts";
import { writeFolder } from "./layer/folder.ts";
import { maxUnzippedBytes, sizeOf } from "./layer/layer-file.ts";
import type { LayerFile } from "./layer/layer-file.ts";
import { layerFiles } from "./layer/layer-files.ts";
import { everyOutputName, planLayers } from "./layer/plan-layers.ts";
import { openStaging } from "./layer/staging.ts";
import { toZip } from "./layer/zip.ts";
import type { BuildReport, BuiltLayer } from "./report/build-report.ts";
import { measureLayer } from "./start-up/measure-layer.ts";
import type { Host, LayerOnDisk, StartUp } from "./start-up/measure-layer.ts";

/** What a build needs beside its project: where engines are kept, whom to tell, and what to leave out. */
export interface BuildOptions extends Omit<EngineSource, "projectFolder"> {
  /** Build for this one alone, one of the project's; default: for all of them. */
  readonly architecture?: Architecture;
  /** Where to measure the start-up of a project with `maxStartUpRatio`, which takes seconds; default: not measured. */
  readonly host?: Host;
}

/**
 * Bundles a project and writes `dist/layer` and `dist/<name>.zip`, or one pair for each architecture. Everything is
 * made aside and moved into place at the end.
 * Errors: `BuildError`; then `dist` is as it was.
 */
export async function buildLayers(project: Project, options: BuildOptions): Promise<BuildReport> {
  const { settings, folder } = narrow(project, options.architecture);
  const plans = planLayers(settings);
  const bundle = await bundleWithinBudget(project);
  const dist = join(folder, "dist");
  const staging = openStaging(dist);
  try {
    const layers = await allEnded(
      plans.map(async ({ architecture, folderName, zipName }): Promise<BuiltLayer> => {
        const files = await layerFiles(project, { bundle, architecture }, options);
        const unzippedBytes = measure(files);
        const [bytes] = await allEnded([
          writeZip(join(staging.folder, zipName), files, settings.budgets),
          writeFolder(join(staging.folder, folderName), files, join(dist, folderName)),
        ]);
        return {
          architecture,
          folder: join(dist, folderName),
          unzippedBytes,
          zip: { path: join(dist, zipName), bytes },
        };
      }),
    );
    const staged = plans.map(({ architecture, folderName }) => ({
      architecture,
      folder: join(staging.folder, folderName),
    }));
    const startUp = await startUpWithinBudget(settings, { layers: staged, bundle }, options);
    const made = new Set(plans.flatMap(({ folderName, zipName }) => [folderName, zipName]));
    const names = [settings.name, ...extensionsIn(join(dist, "layer"))];
    for (const output of new Set(names.flatMap(everyOutputName))) {
      if (made.has(output)) staging.moveTo(output, join(dist, output));
      else staging.remove(join(dist, output));
    }
    return toReport(settings.name, bundle, { startUp, layers });
  } finally {
    staging.close();
  }
}

/**
 * Bundles a project and writes one layer's content into `target`, which may hold other things: SAM's ARTIFACTS_DIR.
 * Made for the first architecture of the project unless the options name another.
 * Errors: `BuildError`; then `target` is as it was.
 */
export async function buildInto(project: Project, target: string, options: BuildOptions): Promise<BuildReport> {
  const { settings } = narrow(project, options.architecture);
  const { name } = settings;
  const [{ architecture }] = planLayers(settings);
  refuseForeign(target, name);
  const bundle = await bundleWithinBudget(project);
  const files = await layerFiles(project, { bundle, architecture }, options);
  const unzippedBytes = measure(files);
  const staging = openStaging(target);
  try {
    const staged = join(staging.folder, "layer");
    await writeFolder(staged, files);
    const startUp = await startUpWithinBudget(
      settings,
      { layers: [{ architecture, folder: staged }], bundle },
      options,
    );
    staging.moveTo(join("layer", name), join(target, name));
    staging.moveTo(join("layer", "extensions", name), join(target, "extensions", name));
    const layers = [{ architecture, folder: target, unzippedBytes, zip: undefined }];
    return toReport(name, bundle, { startUp, layers });
  } finally {
    staging.close();
  }
}

/**
 * Bundles a project and writes one layer as the zip `path`. Made for the first architecture of the project unless the
 * options name another. Errors: `BuildError`; then `path` is as it was.
 */
export async function buildZip(project: Project, path: string, options: BuildOptions): Promise<BuildReport> {
  const { settings } = narrow(project, options.architecture);
  const [{ architecture }] = planLayers(settings);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) throw new BuildError(`--zip: expected a file, got the folder ${path}`);
  if (stat !== undefined && !(stat.isFile() && isZip(path))) {
    throw new BuildError(`--zip: expected a new file or an earlier zip, got ${path}, which is something else`);
  }
  const bundle = await bundleWithinBudget(project);
  const files = await layerFiles(project, { bundle, architecture }, options);
  const unzippedBytes = measure(files);
  const staging = openStaging(dirname(path));
  try {
    const bytes = await writeZip(join(staging.folder, "zip"), files, settings.budgets);
    const layer = join(staging.folder, "layer");
    if (settings.budgets.maxStartUpRatio !== undefined) await writeFolder(layer, files);
    const startUp = await startUpWithinBudget(settings, { layers: [{ architecture, folder: layer }], bundle }, options);
    staging.moveTo("zip", path);
    return toReport(settings.name, bundle, {
      startUp,
      layers: [{ architecture, folder: undefined, unzippedBytes, zip: { path, bytes } }],
    });
  } finally {
    staging.close();
  }
}

/** The name that the extension had at the last build: another one, where it was renamed since. */
function extensionsIn(layer: string): readonly string[] {
  const extensions = join(layer, "extensions");
  return statSync(extensions, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(extensions) : [];
}

/** Returns the zip's size. Errors: `BuildError` where that is above its budget. */
async function writeZip(path: string, files: readonly LayerFile[], budgets: Budgets): Promise<number> {
  const zip = await toZip(files);
  const bytes = zip.reduce((sum, { byteLength }) => sum + byteLength, 0);
  refuse(checkZipBudget(budgets, bytes, files));
  await writeFile(path, zip);
  return bytes;
}

function toReport(
  name: string,
  { code, sources, warnings }: Bundle,
  made: Pick<BuildReport, "startUp" | "layers">,
): BuildReport {
  return { name, bundleBytes: code.byteLength, sources, warnings, ...made };
}

async function bundleWithinBudget(project: Project): Promise<Bundle> {
  const bundle = await bundleEntry(project);
  refuse(checkBundleBudget(project.settings.budgets, bundle.code.byteLength, bundle.sources));
  return bundle;
}

async function startUpWithinBudget(
  settings: ExtensionSettings,
  { layers, bundle }: { readonly layers: readonly LayerOnDisk[]; readonly bundle: Bundle },
  { host, say }: BuildOptions,
): Promise<StartUp | undefined> {
  if (settings.budgets.maxStartUpRatio === undefined || host === undefined) return undefined;
  const startUp = await measureLayer(settings, layers, host);
  if (startUp === undefined) {
    say(
      `maxStartUpRatio was not looked at: expected Linux and a processor of ${settings.architectures.join(" or ")}, got ${host.platform} on ${host.arch}`,
    );
  } else {
    refuse(checkStartUpBudget(settings.budgets, startUp, bundle.sources));
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

/** The extension's folder is replaced as a whole, and so is its launcher: they must be ours, or not there. */
function refuseForeign(target: string, name: string): void {
  const statOf = (path: string) => statSync(path, { throwIfNoEntry: false });
  const isFile = (path: string): boolean => statOf(path)?.isDirectory() === false;
  const isFolder = (path: string): boolean => statOf(path)?.isDirectory() === true;
  const isForeign = (path: string): boolean =>
    isFile(path) || (isFolder(path) && !isFile(join(path, "index.cjs")) && readdirSync(path).length > 0);
  const extensions = join(target, "extensions");
  const [foreign] = [
    ...[target, extensions].filter(isFile),
    ...[join(extensions, name)].filter(isFolder),
    ...[join(target, name)].filter(isForeign),
  ];
  if (foreign !== undefined) {
    throw new BuildError(`--out: expected a folder for a layer, got one in which ${foreign} is something else`);
  }
}

function measure(files: readonly LayerFile[]): number {
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
  if (bytes > maxUnzippedBytes) {
    throw new BuildError(
      `layer: expected at most ${maxUnzippedBytes} bytes unzipped, which is Lambda's limit, got ${bytes}`,
    );
  }
  return bytes;
}
