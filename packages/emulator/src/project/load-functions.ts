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
import { findNewerSource } from "./newer-source.ts";
import type { ProjectOptions } from "./project-options.ts";
import { readTemplate } from "./read-template.ts";
import { shortPath } from "./workspace.ts";

/** The functions of a template under the options of a command. */
export interface LoadedFunctions {
  readonly scope: Scope;
  /** The template's file, absolute. */
  readonly templatePath: string;
  readonly layerMappings: Readonly<Record<string, string>>;
  /** What is to be said of the template and the options. */
  readonly warnings: readonly string[];
  /** Resolves one function, the only one where none is named. Errors: `EmulatorError`. */
  resolve(name: string | undefined): LoadedFunction;
  /** Says where `sam build` made the function, and its code or a layer was changed after that. Errors: none. */
  findStale(name: string | undefined): Promise<readonly string[]>;
}

/** One function, its environment's options, and what differs from a deployment. */
export interface LoadedFunction {
  readonly resolved: ResolvedFunction;
  readonly environmentOptions: Omit<EnvironmentOptions, "layers" | "onLine">;
  readonly warnings: readonly string[];
}

/**
 * Reads the template and the files and options that change it; `skipsBuilt` as for `readTemplate`. Errors:
 * `EmulatorError`.
 */
export async function loadFunctions(
  options: ProjectOptions,
  host: Host,
  { skipsBuilt = false }: { readonly skipsBuilt?: boolean } = {},
): Promise<LoadedFunctions> {
  const { parameters, bootstrap, layerMappings, timeoutSeconds, freeze, cpuShare } = options;
  const file = await readTemplate(options.templateFile, { cwd: host.cwd, skipsBuilt });
  const region = options.region ?? host.env["AWS_REGION"] ?? host.env["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const scope: Scope = { template: file.template, parameters, region };
  const credentials = readCredentials(host.env);
  const envVars = await readEnvVars(options.envVarsFile, host.cwd);
  const common = [
    ...(file.warning === undefined ? [] : [file.warning]),
    ...parameterWarnings(scope),
    ...unknownNames(envVars, listFunctions(scope)),
  ];
  return {
    scope,
    templatePath: file.path,
    layerMappings,
    warnings: common,
    resolve(name) {
      const resolved = resolveFunction(scope, { name, folder: file.folder, bootstrap });
      const { spec, logicalId } = resolved;
      const { variables, warnings } = applyEnvVars(spec.environment ?? {}, envVars, [logicalId, spec.name ?? ""]);
      return {
        resolved,
        environmentOptions: {
          ...resolved.options,
          function: {
            ...spec,
            environment: { ...readEndpoints(host.env), ...variables },
            ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
          },
          freeze,
          cpuShare,
          region,
          ...credentials,
        },
        warnings: [...architectureWarnings(resolved, host), ...resolved.warnings, ...warnings],
      };
    },
    async findStale(name) {
      // What is to be done is said already.
      if (file.built === undefined || file.warning !== undefined) return [];
      const paths = await listSources(file.built.from, { scope, name, cwd: host.cwd, bootstrap });
      const newer = await findNewerSource(paths, file.built.epochMs);
      if (newer === undefined) return [];
      return [
        `${shortPath(newer, host.cwd)} is newer than ${shortPath(file.path, host.cwd)}: run sam build, or use -t ${file.built.from}`,
      ];
    },
  };
}

interface BuiltFunction {
  /** That of the built template. */
  readonly scope: Scope;
  readonly name: string | undefined;
  readonly cwd: string;
  readonly bootstrap: readonly string[] | undefined;
}

/**
 * The code and the layers of a built function, as the template has them that it was built from; nothing where that does
 * not tell.
 */
async function listSources(
  template: string,
  { scope, name, cwd, bootstrap }: BuiltFunction,
): Promise<readonly string[]> {
  try {
    const written = await readTemplate(template, { cwd });
    const { spec, layers } = resolveFunction(
      { ...scope, template: written.template },
      { name, folder: written.folder, bootstrap },
    );
    return [spec.codePath, ...layers.flatMap((layer) => (layer.kind === "template" ? [layer.path] : []))];
  } catch (error) {
    if (error instanceof EmulatorError) return [];
    throw error;
  }
}

/** As with `sam local`, a function may use the caller's credentials; without them it has placeholders. */
function readCredentials(env: Host["env"]): Pick<EnvironmentOptions, "credentials"> {
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
  const given = names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return given.length < 2 ? {} : { credentials: Object.fromEntries(given) };
}

/**
 * Nor would the caller's credentials be of use without the AWS they belong to: a moto, a LocalStack. The template's own
 * settings win.
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
