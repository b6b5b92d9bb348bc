import { findMisspelt, readSettings } from "@lambda-extension/core/settings";
import type { KnownSettings, SettingsResult, Variables } from "@lambda-extension/core/settings";
import { tokensOf } from "../aws/credentials.ts";
import type { AwsService } from "../aws/sign-request.ts";
import { schema } from "./schema.ts";
import type { Settings, Values } from "./settings.ts";

/**
 * Reads the settings from environment variables. An empty variable counts as absent.
 * Returns every problem at once, or the settings with warnings about what may be a mistake.
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

/** What is known although settings do not parse: the port to answer on, and whether names are required. */
export function parseFallback(variables: Variables): { readonly port: number; readonly isRequired: boolean } {
  const read = readSettings(schema, variables);
  const { port, required } = read.kind === "problems" ? read.known : read.settings;
  // A list that does not parse is not empty: it counts as names that are required.
  return { port: port ?? Number(schema.port.default), isRequired: required?.length !== 0 };
}

/** Problems between settings. It leaves out a setting that does not parse by itself. */
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
      'CACHE_WARMER_REQUIRED: expected names in CACHE_WARMER_PARAMETERS or CACHE_WARMER_SECRETS, got "all" and no names',
    );
  }
  if (cacheSize !== undefined && cacheSize > 0 && count > cacheSize) {
    problems.push(
      `PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: expected at least the ${count} names to warm, got "${cacheSize}"`,
    );
  }
  return problems;
}

function toSettings(values: Values): Settings {
  const { port, logLevel, region, maxConnections, initWaitMs, holdMs, parameters, secrets, required } = values;
  const { isCacheEnabled, cacheSize, maxBytes, staleIfErrorMs, negativeTtlMs } = values;
  const keeps = isCacheEnabled && cacheSize > 0;
  const endpointOf = (service: AwsService, own: URL | undefined): URL =>
    own ?? values.endpoint ?? regionalEndpoint(service, values);
  return {
    port,
    logLevel,
    region,
    maxConnections,
    initWaitMs,
    holdMs,
    cache: { maxItems: cacheSize, maxBytes, staleIfErrorMs, negativeTtlMs },
    parameterStore: {
      ttlMs: keeps ? values.parameterTtlMs : 0,
      timeoutMs: values.parameterTimeoutMs || 60_000,
      endpoint: endpointOf("ssm", values.parameterEndpoint),
      warm: parameters,
    },
    secretsManager: {
      ttlMs: keeps ? values.secretTtlMs : 0,
      timeoutMs: values.secretTimeoutMs || 60_000,
      endpoint: endpointOf("secretsmanager", values.secretEndpoint),
      warm: secrets,
    },
    required: required.includes("all") ? [...parameters, ...secrets] : required,
  };
}

/** A service in a Region. Source: https://docs.aws.amazon.com/general/latest/gr/ssm.html and .../asm.html */
function regionalEndpoint(service: AwsService, { region, useFips }: Values): URL {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(`https://${service}${useFips ? "-fips" : ""}.${region}.${suffix}`);
}

/** Warnings, and not problems: a variable of a newer version must not stop an older layer. */
function misspelt(variables: Variables): readonly string[] {
  return findMisspelt(schema, variables, {
    own: /^(?:CACHE_WARMER|PARAMETERS_SECRETS_EXTENSION)_/,
    lookUp: "the README of @lambda-extension/cache-warmer lists them",
  });
}

/** The usual cause is `sam local invoke` with an access key that lasts: SAM has no token to pass on then. */
function missingToken(variables: Variables): readonly string[] {
  if (tokensOf(variables).length > 0) return [];
  return [
    "AWS_SESSION_TOKEN: expected the token that the function sends with a read, got nothing: every read answers status 401. " +
      "On your machine use temporary credentials, such as those of `aws sts get-session-token`",
  ];
}

function plainTextEndpoints(settings: Settings): readonly string[] {
  const hosts = [settings.parameterStore.endpoint, settings.secretsManager.endpoint]
    .filter((url) => url.protocol === "http:" && !["127.0.0.1", "localhost", "[::1]"].includes(url.hostname))
    .map((url) => url.origin);
  return [...new Set(hosts)].map((origin) => `${origin}: secrets come from there unencrypted`);
}
