import {
  bytes,
  choice,
  endpoint,
  flag,
  list,
  milliseconds,
  seconds,
  text,
  wholeNumber,
} from "@lambda-extension/core/settings";
import type { Meanings, SettingsSchema } from "@lambda-extension/core/settings";

const parameterName = /^(?:arn:[a-z0-9-]+:ssm:[^,\s]+|[\w/+=.@\-!]+(?::[\w.-]+)?)$/;
const secretName = /^(?:arn:[a-z0-9-]+:secretsmanager:[^,\s]+|[\w/+=.@\-!]+)$/;
/** From the most lines to the fewest, in the words of the AWS extension. */
export const logLevels = ["DEBUG", "INFO", "WARN", "ERROR", "NONE"] as const;
const upToADay = seconds({ min: 0, max: 86_400 });
const upToAMinute = milliseconds({ min: 0, max: 60_000 });

/**
 * Every environment variable the cache warmer reads for its settings. The names of the AWS Parameters and Secrets
 * extension mean what they mean there.
 * Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
 */
export const schema = {
  parameters: {
    name: "CACHE_WARMER_PARAMETERS",
    kind: list(text("parameter names or ARNs", parameterName)),
    default: "",
  },
  secrets: { name: "CACHE_WARMER_SECRETS", kind: list(text("secret names or ARNs", secretName)), default: "" },
  required: {
    name: "CACHE_WARMER_REQUIRED",
    kind: list(text("names out of CACHE_WARMER_PARAMETERS and CACHE_WARMER_SECRETS, or `all`", /^\S+$/)),
    default: "",
  },
  initWaitMs: { name: "CACHE_WARMER_INIT_WAIT_MILLIS", kind: milliseconds({ min: 0, max: 8000 }), default: "3000" },
  holdMs: { name: "CACHE_WARMER_HOLD_MILLIS", kind: milliseconds({ min: 0, max: 10_000 }), default: "100" },
  staleIfErrorMs: { name: "CACHE_WARMER_STALE_IF_ERROR_SECONDS", kind: upToADay, default: "900" },
  negativeTtlMs: { name: "CACHE_WARMER_NEGATIVE_TTL_SECONDS", kind: seconds({ min: 0, max: 300 }), default: "5" },
  maxBytes: { name: "CACHE_WARMER_MAX_BYTES", kind: bytes({ min: 65_536, max: 268_435_456 }), default: "16777216" },
  isCacheEnabled: { name: "PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED", kind: flag, default: "TRUE" },
  cacheSize: {
    name: "PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE",
    kind: wholeNumber({ min: 0, max: 10_000 }),
    default: "1000",
  },
  port: { name: "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", kind: wholeNumber({ min: 1, max: 65_535 }), default: "2773" },
  maxConnections: {
    name: "PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS",
    kind: wholeNumber({ min: 1, max: 256 }),
    default: "8",
  },
  logLevel: { name: "PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL", kind: choice(logLevels), default: "INFO" },
  parameterTtlMs: { name: "SSM_PARAMETER_STORE_TTL", kind: upToADay, default: "300" },
  parameterTimeoutMs: { name: "SSM_PARAMETER_STORE_TIMEOUT_MILLIS", kind: upToAMinute, default: "5000" },
  secretTtlMs: { name: "SECRETS_MANAGER_TTL", kind: upToADay, default: "300" },
  secretTimeoutMs: { name: "SECRETS_MANAGER_TIMEOUT_MILLIS", kind: upToAMinute, default: "5000" },
  endpoint: { name: "AWS_ENDPOINT_URL", kind: endpoint },
  parameterEndpoint: { name: "AWS_ENDPOINT_URL_SSM", kind: endpoint },
  secretEndpoint: { name: "AWS_ENDPOINT_URL_SECRETS_MANAGER", kind: endpoint },
  useFips: { name: "AWS_USE_FIPS_ENDPOINT", kind: flag, default: "FALSE" },
  region: {
    name: "AWS_REGION",
    kind: text("a Region such as eu-west-1", /^[a-z]{2,}(?:-[a-z]+)+-\d+$/),
    isRequired: true,
  },
} satisfies SettingsSchema;

/** The meanings in the README's table; a test compares the table with them and the schema. */
export const meanings: Meanings<typeof schema> = {
  parameters: "Parameters to fetch, decrypted, before the function's code asks for them",
  secrets: "Secrets to fetch before the function's code asks for them",
  required: "Names out of the two lists without which the function must not start, or `all`",
  initWaitMs: "How long the init phase waits for what is being fetched; required names are waited for until they fail",
  holdMs: "How long an invocation may be held for values that were due for renewal when it came",
  staleIfErrorMs: "How long past its TTL a value is still served while AWS answers with transient errors",
  negativeTtlMs: "How long a definite refusal (not found, denied) is remembered",
  maxBytes: "Bytes of answers kept; the least recently read goes first",
  isCacheEnabled: "Whether answers are kept at all",
  cacheSize: "Answers kept, of both services together; 0 keeps none",
  port: "Port of 127.0.0.1 to listen on",
  maxConnections: "Connections to each AWS service at a time",
  logLevel: "Which of its own lines it writes",
  parameterTtlMs: "Seconds a parameter is served before it is fetched again; 0 keeps none",
  parameterTimeoutMs: "Milliseconds for fetching a parameter, retries included; 0 means one minute",
  secretTtlMs: "Seconds a secret is served before it is fetched again; 0 keeps none",
  secretTimeoutMs: "Milliseconds for fetching a secret, retries included; 0 means one minute",
  endpoint: "Address to use instead of every AWS service's own",
  parameterEndpoint: "The same for Systems Manager alone",
  secretEndpoint: "The same for Secrets Manager alone",
  useFips: "Whether to use the FIPS endpoints",
  region: "Region of the parameters and secrets; Lambda sets it",
};
