import { ConfigError } from "@lambda-extension/core";
import { tokensOf } from "../aws/credentials.ts";
import { resolveEndpoint } from "../aws/resolve-endpoint.ts";
import { schema } from "./schema.ts";
import type { Parsed } from "./schema.ts";
import type { Setting } from "./setting.ts";
import type { ServiceSettings, Settings } from "./settings.ts";

/** The settings, and lines about what looks like a mistake but may be none. */
export interface ParsedSettings {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 * Errors: `ConfigError` with every problem at once.
 */
export function parseSettings(environment: Environment): ParsedSettings {
  const problems: string[] = [];
  const values = Object.fromEntries(
    Object.entries<Setting<unknown>>(schema).map(([name, setting]) => [
      name,
      readOne(name, setting, environment, problems),
    ]),
  ) as unknown as Parsed;
  problems.push(...contradictions(values));
  if (problems.length > 0) throw new ConfigError(problems);
  const settings = toSettings(values);
  return {
    settings,
    warnings: [...unknownNames(environment), ...missingToken(environment), ...plainTextEndpoints(settings)],
  };
}

/**
 * What can be known where the settings do not parse: the port to answer on, and whether the function must not start.
 */
export function parseFallback(environment: Environment): { readonly port: number; readonly isRequired: boolean } {
  const { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port, CACHE_WARMER_REQUIRED: required } = schema;
  return {
    port: port.parse(textOf("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", port, environment)) ?? Number(port.default),
    isRequired: textOf("CACHE_WARMER_REQUIRED", required, environment) !== "",
  };
}

function readOne(name: string, setting: Setting<unknown>, environment: Environment, problems: string[]): unknown {
  const given = textOf(name, setting, environment);
  if (given === "" && name.startsWith("AWS_ENDPOINT_URL")) return undefined;
  const value = setting.parse(given);
  if (value === undefined) {
    problems.push(`${name}: expected ${setting.range}, got ${shorten(setting.show?.(given) ?? given)}`);
  }
  return value;
}

function shorten(text: string): string {
  if (text === "") return "nothing";
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}

function textOf(name: string, setting: Setting<unknown>, environment: Environment): string {
  return environment[name]?.trim() || setting.default;
}

/** Problems between settings; a setting that did not parse by itself takes no part. */
function contradictions(values: Partial<Parsed>): string[] {
  const {
    CACHE_WARMER_PARAMETERS: parameters,
    CACHE_WARMER_SECRETS: secrets,
    CACHE_WARMER_REQUIRED: required,
  } = values;
  if (parameters === undefined || secrets === undefined) return [];
  const problems: string[] = [];
  const known = new Set([...parameters, ...secrets, "all"]);
  const unlisted = required?.filter((name) => !known.has(name)) ?? [];
  if (unlisted.length > 0) {
    const got = JSON.stringify(unlisted.join(","));
    problems.push(
      `CACHE_WARMER_REQUIRED: expected names out of CACHE_WARMER_PARAMETERS and CACHE_WARMER_SECRETS, got ${got}`,
    );
  }
  const count = parameters.length + secrets.length;
  if (count === 0 && required?.includes("all")) {
    problems.push(
      'CACHE_WARMER_REQUIRED: expected names in CACHE_WARMER_PARAMETERS or CACHE_WARMER_SECRETS, got "all" of none',
    );
  }
  const size = values.PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE;
  if (size !== undefined && size > 0 && count > size) {
    problems.push(
      `PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: expected at least the ${count} names to warm, got "${size}"`,
    );
  }
  return problems;
}

function toSettings(values: Parsed): Settings {
  const keeps = values.PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED && values.PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE > 0;
  const useFips = values.AWS_USE_FIPS_ENDPOINT;
  const region = values.AWS_REGION;
  const parameterStore: ServiceSettings = {
    ttlMs: keeps ? values.SSM_PARAMETER_STORE_TTL * 1000 : 0,
    timeoutMs: values.SSM_PARAMETER_STORE_TIMEOUT_MILLIS || 60_000,
    endpoint:
      values.AWS_ENDPOINT_URL_SSM ?? values.AWS_ENDPOINT_URL ?? resolveEndpoint({ service: "ssm", region, useFips }),
    warm: values.CACHE_WARMER_PARAMETERS,
  };
  const secretsManager: ServiceSettings = {
    ttlMs: keeps ? values.SECRETS_MANAGER_TTL * 1000 : 0,
    timeoutMs: values.SECRETS_MANAGER_TIMEOUT_MILLIS || 60_000,
    endpoint:
      values.AWS_ENDPOINT_URL_SECRETS_MANAGER ??
      values.AWS_ENDPOINT_URL ??
      resolveEndpoint({ service: "secretsmanager", region, useFips }),
    warm: values.CACHE_WARMER_SECRETS,
  };
  return {
    port: values.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT,
    logLevel: values.PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL,
    region,
    maxConnections: values.PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS,
    initWaitMs: values.CACHE_WARMER_INIT_WAIT_MILLIS,
    holdMs: values.CACHE_WARMER_HOLD_MILLIS,
    cache: {
      maxItems: values.PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE,
      maxBytes: values.CACHE_WARMER_MAX_BYTES,
      staleIfErrorMs: values.CACHE_WARMER_STALE_IF_ERROR_SECONDS * 1000,
      negativeTtlMs: values.CACHE_WARMER_NEGATIVE_TTL_SECONDS * 1000,
    },
    parameterStore,
    secretsManager,
    required: values.CACHE_WARMER_REQUIRED.includes("all")
      ? [...parameterStore.warm, ...secretsManager.warm]
      : values.CACHE_WARMER_REQUIRED,
  };
}

/** A misspelt variable warms nothing; one of a newer version must not stop an older layer: hence a warning. */
function unknownNames(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => /^(?:CACHE_WARMER|PARAMETERS_SECRETS_EXTENSION)_/.test(name) && !(name in schema))
    .map((name) => `${name}: no such setting; the README of @lambda-extension/cache-warmer lists them`);
}

/** `sam local invoke` with credentials that last: SAM has no session token to pass on. */
function missingToken(environment: Environment): string[] {
  if (tokensOf(environment).length > 0) return [];
  return [
    "AWS_SESSION_TOKEN: expected the token by which a reader proves to be the function, got nothing: every read answers status 401. " +
      "On your machine it takes temporary credentials, such as those of `aws sts get-session-token`",
  ];
}

function plainTextEndpoints(settings: Settings): string[] {
  const hosts = [settings.parameterStore.endpoint, settings.secretsManager.endpoint]
    .filter((url) => url.protocol === "http:" && !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname))
    .map((url) => url.origin);
  return [...new Set(hosts)].map((origin) => `${origin}: secrets come from there unencrypted`);
}
