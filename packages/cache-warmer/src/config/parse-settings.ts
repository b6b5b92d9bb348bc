import { findMisspelt, readSettings } from "@lambda-extension/core/settings";
import type { KnownSettings, SettingsOf, SettingsResult, Variables } from "@lambda-extension/core/settings";
import { tokensOf } from "../aws/credentials.ts";
import type { AwsService } from "../aws/sign-request.ts";
import { schema } from "./schema.ts";
import type { ServiceSettings, Settings } from "./settings.ts";

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 * Returns every problem at once, or the settings with warnings about what looks like a mistake and may be none.
 */
export function parseSettings(variables: Variables): SettingsResult<Settings> {
  const read = readSettings(schema, variables, contradictions);
  if (read.kind === "problems") return read;
  const settings = toSettings(read.settings);
  const warnings = [
    ...read.warnings,
    ...misspelt(variables),
    ...missingToken(variables),
    ...plainTextEndpoints(settings),
  ];
  return { kind: "settings", settings, warnings };
}

/**
 * What can be known where the settings do not parse: the port to answer on, and whether the function must not start.
 */
export function parseFallback(variables: Variables): { readonly port: number; readonly isRequired: boolean } {
  const read = readSettings(schema, variables);
  const { port, required } = read.kind === "problems" ? read.known : read.settings;
  // A list that does not parse is a list of something.
  return { port: port ?? Number(schema.port.default), isRequired: required?.length !== 0 };
}

/** Problems between settings; a setting that did not parse by itself takes no part. */
function contradictions(known: KnownSettings<typeof schema>): readonly string[] {
  const { parameters, secrets, required, cacheSize } = known;
  if (parameters === undefined || secrets === undefined) return [];
  const problems: string[] = [];
  const listed = new Set([...parameters, ...secrets, "all"]);
  const unlisted = required?.filter((name) => !listed.has(name)) ?? [];
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
  if (cacheSize !== undefined && cacheSize > 0 && count > cacheSize) {
    problems.push(
      `PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: expected at least the ${count} names to warm, got "${cacheSize}"`,
    );
  }
  return problems;
}

function toSettings(values: SettingsOf<typeof schema>): Settings {
  const { region, useFips, required, maxBytes, staleIfErrorMs, negativeTtlMs } = values;
  const keeps = values.isCacheEnabled && values.cacheSize > 0;
  const parameterStore: ServiceSettings = {
    ttlMs: keeps ? values.parameterTtlMs : 0,
    timeoutMs: values.parameterTimeoutMs || 60_000,
    endpoint: values.parameterEndpoint ?? values.endpoint ?? resolveEndpoint({ service: "ssm", region, useFips }),
    warm: values.parameters,
  };
  const secretsManager: ServiceSettings = {
    ttlMs: keeps ? values.secretTtlMs : 0,
    timeoutMs: values.secretTimeoutMs || 60_000,
    endpoint:
      values.secretEndpoint ?? values.endpoint ?? resolveEndpoint({ service: "secretsmanager", region, useFips }),
    warm: values.secrets,
  };
  return {
    port: values.port,
    logLevel: values.logLevel,
    region,
    maxConnections: values.maxConnections,
    initWaitMs: values.initWaitMs,
    holdMs: values.holdMs,
    cache: { maxItems: values.cacheSize, maxBytes, staleIfErrorMs, negativeTtlMs },
    parameterStore,
    secretsManager,
    required: required.includes("all") ? [...parameterStore.warm, ...secretsManager.warm] : required,
  };
}

/**
 * The regional endpoint of a service.
 * Source: https://docs.aws.amazon.com/general/latest/gr/ssm.html and .../asm.html
 */
function resolveEndpoint(options: {
  readonly service: AwsService;
  readonly region: string;
  readonly useFips: boolean;
}): URL {
  const { service, region, useFips } = options;
  const host = useFips ? `${service}-fips` : service;
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(`https://${host}.${region}.${suffix}`);
}

/** A misspelt variable warms nothing; one of a newer version must not stop an older layer: hence a warning. */
function misspelt(variables: Variables): readonly string[] {
  return findMisspelt(schema, variables, {
    own: /^(?:CACHE_WARMER|PARAMETERS_SECRETS_EXTENSION)_/,
    lookUp: "the README of @lambda-extension/cache-warmer lists them",
  });
}

/** `sam local invoke` with credentials that last: SAM has no session token to pass on. */
function missingToken(variables: Variables): readonly string[] {
  if (tokensOf(variables).length > 0) return [];
  return [
    "AWS_SESSION_TOKEN: expected the token by which a reader proves to be the function, got nothing: every read answers status 401. " +
      "On your machine it takes temporary credentials, such as those of `aws sts get-session-token`",
  ];
}

function plainTextEndpoints(settings: Settings): readonly string[] {
  const hosts = [settings.parameterStore.endpoint, settings.secretsManager.endpoint]
    .filter((url) => url.protocol === "http:" && !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname))
    .map((url) => url.origin);
  return [...new Set(hosts)].map((origin) => `${origin}: secrets come from there unencrypted`);
}
