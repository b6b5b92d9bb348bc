import type { Host } from "../host/host.ts";
import type { EnvironmentOptions } from "../options/environment-options.ts";
import { didYouMean } from "../problems/did-you-mean.ts";
import { EmulatorError } from "../problems/emulator-error.ts";
import { listFunctions } from "../template/list-functions.ts";
import { resolveFunction } from "../template/resolve-function.ts";
import type { ResolvedFunction } from "../template/resolve-function.ts";
import type { Scope } from "../template/scope.ts";
import { isValueList, own, scalarText } from "../template/value.ts";
import { applyEnvVars, readEnvVars, unknownNames } from "./env-vars.ts";
import type { EnvVars } from "./env-vars.ts";
import { mappingWarnings, planCode } from "./plan-code.ts";
import type { CodePlan } from "./plan-code.ts";
import { changeWarning } from "./prebuilt-layer.ts";
import { readTemplate } from "./read-template.ts";
import type { TemplateFile } from "./read-template.ts";
import { findNewerSource } from "./source-files.ts";
import { shortPath } from "./workspace.ts";
import type { PreparedCode } from "./workspace.ts";

/** Which project a command runs, and what it changes of the template's settings. Files are as the user wrote them. */
export interface ProjectOptions {
  /** Undefined: the first template of the default names. */
  readonly templateFile: string | undefined;
  /** Values of the template's Parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** JSON in the format of `sam local --env-vars`. */
  readonly envVarsFile: string | undefined;
  /** Local folders or zip files in place of layers, by ARN (with or without version) or logical id. */
  readonly layerMappings: Readonly<Record<string, string>>;
  /** A command that speaks the Runtime API, in place of the emulator's client. */
  readonly bootstrap: readonly string[] | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly region: string | undefined;
  readonly freeze: boolean;
  readonly cpuShare: boolean;
}

/** The functions of a template under the options of a command. */
export interface LoadedFunctions {
  readonly scope: Scope;
  /** The template's file, absolute. */
  readonly templatePath: string;
  /** Warnings about the template and the options. */
  readonly warnings: readonly string[];
  /** Resolves one function; without a name the template's only one. Errors: `EmulatorError`. */
  resolve(name: string | undefined): Promise<LoadedFunction>;
}

/** One function of the template. */
export interface LoadedFunction {
  readonly logicalId: string;
  /** What differs from a deployment, and whether sources are newer than what `sam build` made of them. */
  readonly warnings: readonly string[];
  /** A warning for each `--layer-mapping` that names none of the function's layers. */
  readonly unusedMappings: readonly string[];
  /** Finds out how its code and layers come to be. Errors: as `planCode`. */
  readonly plan: () => Promise<CodePlan>;
  /** The options of its environment. */
  readonly toOptions: (prepared: PreparedCode) => EnvironmentOptions;
}

/**
 * Reads the template and the files and options that change it. `fromSources` leaves out what `sam build` made, and
 * has the packages of extensions built by their scripts. Errors: `EmulatorError`.
 */
export async function loadFunctions(
  options: ProjectOptions,
  host: Host,
  { fromSources = false }: { readonly fromSources?: boolean } = {},
): Promise<LoadedFunctions> {
  const { cwd, env } = host;
  const file = await readTemplate(options.templateFile, { cwd, skipsBuilt: fromSources });
  const region = options.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const scope: Scope = { template: file.template, parameters: options.parameters, region };
  const envVars = await readEnvVars(options.envVarsFile, cwd);
  return {
    scope,
    templatePath: file.path,
    warnings: [...file.warnings, ...parameterWarnings(scope), ...unknownNames(envVars, listFunctions(scope))],
    resolve: (name) => loadFunction(name, { options, host, fromSources, file, scope, envVars }),
  };
}

interface Project {
  readonly options: ProjectOptions;
  readonly host: Host;
  readonly fromSources: boolean;
  readonly file: TemplateFile;
  readonly scope: Scope;
  readonly envVars: EnvVars;
}

async function loadFunction(name: string | undefined, project: Project): Promise<LoadedFunction> {
  const { options, host, scope } = project;
  const { bootstrap, layerMappings, timeoutSeconds, freeze, cpuShare } = options;
  const resolved = resolveFunction(scope, { name, folder: project.file.folder, bootstrap });
  const { spec, logicalId } = resolved;
  const applied = applyEnvVars(spec.environment ?? {}, project.envVars, [logicalId, spec.name ?? ""]);
  const environment = { ...readEndpoints(host.env), ...applied.variables };
  const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  return {
    logicalId,
    warnings: [
      ...architectureWarnings(resolved, host),
      ...resolved.warnings,
      ...applied.warnings,
      ...(await staleWarnings(name, project)),
      ...(await prebuiltWarnings(resolved, project)),
    ],
    unusedMappings: mappingWarnings(resolved, layerMappings),
    plan: () => planCode(resolved, { cwd: host.cwd, layerMappings, buildsPackages: project.fromSources }),
    toOptions: ({ codePath, layers }) => ({
      ...resolved.options,
      function: { ...spec, codePath, environment, ...timeout },
      layers,
      freeze,
      cpuShare,
      region: scope.region,
      ...readCredentials(host.env),
    }),
  };
}

/** A warning if `sam build` made the function, and its code or a layer was changed after that. */
async function staleWarnings(
  name: string | undefined,
  { options: { bootstrap }, host: { cwd }, file: { path, built }, scope }: Project,
): Promise<readonly string[]> {
  if (built === undefined) return [];
  try {
    const { template, folder } = await readTemplate(built.from, { cwd });
    const { spec, layers } = resolveFunction({ ...scope, template }, { name, folder, bootstrap });
    const sources = [spec.codePath, ...layers.flatMap((layer) => (layer.kind === "template" ? [layer.path] : []))];
    const newer = await findNewerSource(sources, built.epochMs);
    if (newer === undefined) return [];
    return [`${shortPath(newer, cwd)} is newer than ${shortPath(path, cwd)}: run sam build, or use -t ${built.from}`];
  } catch (error) {
    // That template does not tell what the function was built from.
    if (error instanceof EmulatorError) return [];
    throw error;
  }
}

/** A warning for each layer that build-layer wrote from other sources than those that are there now. */
async function prebuiltWarnings(
  resolved: ResolvedFunction,
  { options: { layerMappings }, host: { cwd }, fromSources }: Project,
): Promise<readonly string[]> {
  try {
    const { layers } = await planCode(resolved, { cwd, layerMappings, buildsPackages: fromSources });
    const ready = layers.filter(({ kind }) => kind === "ready");
    const warnings = await Promise.all(ready.map(({ path }) => changeWarning(path, cwd)));
    return warnings.filter((one) => one !== undefined);
  } catch (error) {
    // The plan is made again, and fails again, when it is needed.
    if (error instanceof EmulatorError) return [];
    throw error;
  }
}

/** As with `sam local`, a function may use the caller's credentials; without these it has placeholders. */
function readCredentials(env: Host["env"]): Pick<EnvironmentOptions, "credentials"> {
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
  const given = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return given.length < 2 ? {} : { credentials: Object.fromEntries(given) };
}

/**
 * The caller's credentials are of no use without the AWS that they belong to, which may be a moto or a LocalStack. The
 * template's own settings win.
 */
function readEndpoints(env: Host["env"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      /^AWS_ENDPOINT_URL(_|$)/.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function architectureWarnings({ logicalId, architecture }: ResolvedFunction, host: Host): readonly string[] {
  if (architecture === host.architecture) return [];
  return [
    `${logicalId} is for ${architecture}, this machine is ${host.architecture}: what is compiled for it does not run here`,
  ];
}

/** Only warnings: one set of overrides often serves several templates, and sam local takes any value. */
function parameterWarnings({ template, parameters }: Scope): readonly string[] {
  const known = Object.keys(template.parameters);
  return Object.entries(parameters).flatMap(([name, value]) => {
    const declared = own(template.parameters, name);
    if (declared === undefined) {
      return [`--parameter-overrides: the template has no parameter ${name}${didYouMean(name, known)}`];
    }
    const allowed = own(declared, "AllowedValues");
    const texts = isValueList(allowed) ? allowed.map((one) => scalarText(one) ?? "") : [value];
    return texts.includes(value)
      ? []
      : [`--parameter-overrides: ${name}=${value} cannot be deployed, AllowedValues are ${texts.join(", ")}`];
  });
}
