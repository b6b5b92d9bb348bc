import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { BuildStep } from "../template/build-step.ts";
import type { ResolvedFunction } from "../template/resolve-function.ts";
import type { LayerReference } from "../template/resolve-layers.ts";
import { isValueMap, own } from "../template/value.ts";
import type { Value, ValueMap } from "../template/value.ts";

/** How a function's code or a layer comes to be on this machine. Paths are absolute. */
export type Recipe =
  /** A folder or zip file that needs no build. */
  | { readonly kind: "ready"; readonly logicalId: string; readonly path: string }
  /** What `make build-<LogicalId>` puts into ARTIFACTS_DIR. */
  | {
      readonly kind: "make";
      readonly logicalId: string;
      readonly path: string;
      readonly workingFolder: string | undefined;
    }
  /** A folder that the build script of the package around it writes. */
  | {
      readonly kind: "package";
      readonly logicalId: string;
      readonly path: string;
      readonly packageFolder: string;
      /** As `npm run build` would run it. */
      readonly script: string;
    };

/** The recipes of a function, its layers in order. */
export interface CodePlan {
  readonly code: Recipe;
  readonly layers: readonly Recipe[];
}

/** What a plan depends on besides the template. */
export interface PlanOptions {
  readonly cwd: string;
  /** From `--layer-mapping`, by ARN (with or without version) or logical id. */
  readonly layerMappings: Readonly<Record<string, string>>;
  /** Whether the script of an extension's package builds a layer that lies inside the package. */
  readonly buildsPackages?: boolean;
}

/**
 * Finds out how the code and the layers of a function come to be; builds nothing.
 * Errors: `EmulatorError` naming the function or layer whose source is missing or cannot be built here.
 */
export async function planCode(resolved: ResolvedFunction, options: PlanOptions): Promise<CodePlan> {
  const layers: Recipe[] = [];
  for (const layer of resolved.layers) layers.push(await planLayer(layer, options));
  const { logicalId, spec, build } = resolved;
  await mustExist(spec.codePath, `${logicalId}: CodeUri`);
  const code =
    build === undefined ? ready(logicalId, spec.codePath) : toMake(logicalId, { path: spec.codePath, step: build });
  return { code, layers };
}

async function planLayer(layer: LayerReference, options: PlanOptions): Promise<Recipe> {
  const mapped = mappedPath(layer, options);
  if (mapped !== undefined) {
    const name = layer.kind === "arn" ? layer.arn : layer.logicalId;
    await mustExist(mapped, `--layer-mapping ${name}`);
    return ready(name, mapped);
  }
  if (layer.kind === "arn") {
    throw new EmulatorError(
      `layer ${layer.arn} is on AWS, and nothing is downloaded here: ` +
        `give a folder or zip with --layer-mapping ${layer.arn}=PATH`,
    );
  }
  const { logicalId, path } = layer;
  const around = options.buildsPackages === true ? await findPackage(dirname(path)) : undefined;
  if (layer.build === undefined && around !== undefined) return { kind: "package", logicalId, path, ...around };
  await mustExist(path, `layer ${logicalId}: ContentUri`);
  if (layer.build !== undefined) return toMake(logicalId, { path, step: layer.build });
  await mustBeBuilt(logicalId, path);
  return ready(logicalId, path);
}

function ready(logicalId: string, path: string): Recipe {
  return { kind: "ready", logicalId, path };
}

function toMake(logicalId: string, { path, step }: { readonly path: string; readonly step: BuildStep }): Recipe {
  if (step.method === "makefile") return { kind: "make", logicalId, path, workingFolder: step.workingFolder };
  throw new EmulatorError(
    `${logicalId}: BuildMethod ${step.method} is run by sam build only; run it, then use -t .aws-sam/build/template.yaml`,
  );
}

function mappedPath(layer: LayerReference, { layerMappings, cwd }: PlanOptions): string | undefined {
  const given = namesOf(layer)
    .map((name) => layerMappings[name])
    .find((path) => path !== undefined);
  return given === undefined ? undefined : resolve(cwd, given);
}

/** A warning for each mapping that names none of the function's layers: most likely it is misspelt. */
export function mappingWarnings(
  { logicalId, layers }: ResolvedFunction,
  mappings: PlanOptions["layerMappings"],
): readonly string[] {
  const names = layers.flatMap(namesOf);
  return Object.keys(mappings)
    .filter((name) => !names.includes(name))
    .map((name) => `--layer-mapping: ${logicalId} has no layer ${name}`);
}

/** The names that a mapping may give to a layer. */
function namesOf(layer: LayerReference): readonly string[] {
  return layer.kind === "arn" ? [layer.arn, layer.arn.replace(/:\d+$/, "")] : [layer.logicalId];
}

/** The nearest package; undefined if it is no extension's or has no build script. */
async function findPackage(
  folder: string,
): Promise<{ readonly packageFolder: string; readonly script: string } | undefined> {
  const content = await readPackage(folder);
  if (content === undefined) return dirname(folder) === folder ? undefined : findPackage(dirname(folder));
  const script = own(own(content, "scripts"), "build");
  if (typeof script !== "string" || own(content, "lambdaExtension") === undefined) return undefined;
  return { packageFolder: folder, script };
}

/** A folder's package.json; undefined if it cannot be read. */
export async function readPackage(folder: string): Promise<ValueMap | undefined> {
  try {
    const content = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Value;
    return isValueMap(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** SAM ships a layer without BuildMethod as it is, so the source of an extension would reach Lambda unbuilt. */
async function mustBeBuilt(logicalId: string, path: string): Promise<void> {
  const content = await readPackage(path);
  if (own(content, "lambdaExtension") === undefined) return;
  throw new EmulatorError(
    `layer ${logicalId}: ${path} is the source of an extension, and without BuildMethod SAM ships it unbuilt; ` +
      "add `Metadata: { BuildMethod: makefile }` and a Makefile, or point ContentUri to the built folder",
  );
}

async function mustExist(path: string, what: string): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined) return;
  throw new EmulatorError(`${what}: ${path} is not there; correct the path, or build it first`);
}
