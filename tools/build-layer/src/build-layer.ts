import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { findBeside } from "./beside/beside.ts";
import type { Beside } from "./beside/beside.ts";
import { BuildError } from "./build-error.ts";
import { builtFromName, forgetLayer } from "./built-from.ts";
import type { Architecture } from "./config/extension-settings.ts";
import type { Project } from "./config/project.ts";
import { checkOutFolder } from "./layer/out-folder.ts";
import { everyOutputName, planLayers } from "./layer/plan-layers.ts";
import type { LayerPlan } from "./layer/plan-layers.ts";
import type { Staging } from "./layer/staging.ts";
import { makeLayers } from "./make-layers.ts";
import type { BuildOptions, Output } from "./make-layers.ts";
import { whatIsAt } from "./paths.ts";
import type { BuildReport } from "./report/build-report.ts";

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
  return makeLayers(narrowed, { outputs, beside, parent: dist, place }, options);
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
  return makeLayers(narrowed, { outputs: [output], beside, parent: target, place }, options);
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
  return makeLayers(narrowed, { outputs: [output], beside, parent: dirname(path), place }, options);
}

/** The layer of the first architecture. Native builds for the others need not be installed. */
async function planFirst(project: Project): Promise<{ readonly plan: LayerPlan; readonly beside: Beside }> {
  const [first] = project.settings.architectures;
  const beside = await findBeside(narrow(project, first));
  const [plan] = planLayers(project.settings, beside.holdsMachineCode);
  return { plan, beside };
}

/** True if a file is a zip that holds a launcher and its bundle: not a document or an archive of the user's. */
function isLayerZip(path: string): boolean {
  const names: string[] = [];
  try {
    unzipSync(readFileSync(path), {
      filter({ name }) {
        names.push(name);
        return false; // only the list is read
      },
    });
  } catch {
    return false;
  }
  return names.some((name) => name.startsWith("extensions/") && names.includes(`${basename(name)}/index.cjs`));
}

/** The names of the last build's extensions: another name if the extension was renamed since. */
function extensionsIn(layer: string): readonly string[] {
  const extensions = join(layer, "extensions");
  return whatIsAt(extensions) === "a folder" ? readdirSync(extensions) : [];
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
