import { choice, endpoint, flag, integer, names, text } from "./setting.ts";

const parameterName = /^(?:arn:[a-z0-9-]+:ssm:[^,\s]+|[\w/+=.@\-!]+(?::[\w.-]+)?)$/;
const secretName = /^(?:arn:[a-z0-9-]+:secretsmanager:[^,\s]+|[\w/+=.@\-!]+)$/;

/**
 * Every environment variable the cache warmer reads for its settings; the README's table is held against it by a test.
 * The names of the AWS Parameters and Secrets extension mean what they mean there.
 * Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
 */
export const schema = {
  CACHE_WARMER_PARAMETERS: names({
    meaning: "Parameters to fetch, decrypted, before the function's code asks for them",
    default: "",
    range: "parameter names or ARNs separated by commas",
    pattern: parameterName,
  }),
  CACHE_WARMER_SECRETS: names({
    meaning: "Secrets to fetch before the function's code asks for them",
    default: "",
    range: "secret names or ARNs separated by commas",
    pattern: secretName,
  }),
  CACHE_WARMER_REQUIRED: names({
    meaning: "Names out of the two lists without which the function must not start, or `all`",
    default: "",
    range: "names out of CACHE_WARMER_PARAMETERS and CACHE_WARMER_SECRETS separated by commas, or `all`",
    pattern: /^\S+$/,
  }),
  CACHE_WARMER_INIT_WAIT_MILLIS: integer({
    meaning: "How long the init phase waits for what is being fetched; required names are waited for until they fail",
    default: "3000",
    min: 0,
    max: 8000,
  }),
  CACHE_WARMER_HOLD_MILLIS: integer({
    meaning: "How long an invocation may be held for values that were due for renewal when it came",
    default: "100",
    min: 0,
    max: 10_000,
  }),
  CACHE_WARMER_STALE_IF_ERROR_SECONDS: integer({
    meaning: "How long past its TTL a value is still served while AWS answers with transient errors",
    default: "900",
    min: 0,
    max: 86_400,
  }),
  CACHE_WARMER_NEGATIVE_TTL_SECONDS: integer({
    meaning: "How long a definite refusal (not found, denied) is remembered",
    default: "5",
    min: 0,
    max: 300,
  }),
  CACHE_WARMER_MAX_BYTES: integer({
    meaning: "Bytes of answers kept; the least recently read goes first",
    default: "16777216",
    min: 65_536,
    max: 268_435_456,
  }),
  PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: flag({ meaning: "Whether answers are kept at all", default: "TRUE" }),
  PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE: integer({
    meaning: "Answers kept, of both services together; 0 keeps none",
    default: "1000",
    min: 0,
    max: 10_000,
  }),
  PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: integer({
    meaning: "Port of 127.0.0.1 to listen on",
    default: "2773",
    min: 1,
    max: 65_535,
  }),
  PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS: integer({
    meaning: "Connections to each AWS service at a time",
    default: "8",
    min: 1,
    max: 256,
  }),
  PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL: choice({
    meaning: "Which of its own lines it writes",
    default: "INFO",
    words: ["DEBUG", "INFO", "WARN", "ERROR", "NONE"],
  }),
  SSM_PARAMETER_STORE_TTL: integer({
    meaning: "Seconds a parameter is served before it is fetched again; 0 keeps none",
    default: "300",
    min: 0,
    max: 86_400,
  }),
  SSM_PARAMETER_STORE_TIMEOUT_MILLIS: integer({
    meaning: "Milliseconds for fetching a parameter, retries included; 0 means one minute",
    default: "5000",
    min: 0,
    max: 60_000,
  }),
  SECRETS_MANAGER_TTL: integer({
    meaning: "Seconds a secret is served before it is fetched again; 0 keeps none",
    default: "300",
    min: 0,
    max: 86_400,
  }),
  SECRETS_MANAGER_TIMEOUT_MILLIS: integer({
    meaning: "Milliseconds for fetching a secret, retries included; 0 means one minute",
    default: "5000",
    min: 0,
    max: 60_000,
  }),
  AWS_ENDPOINT_URL: endpoint({ meaning: "Address to use instead of every AWS service's own", default: "" }),
  AWS_ENDPOINT_URL_SSM: endpoint({ meaning: "The same for Systems Manager alone", default: "" }),
  AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint({ meaning: "The same for Secrets Manager alone", default: "" }),
  AWS_USE_FIPS_ENDPOINT: flag({ meaning: "Whether to use the FIPS endpoints", default: "FALSE" }),
  AWS_REGION: text({
    meaning: "Region of the parameters and secrets; Lambda sets it",
    default: "",
    range: "a Region such as eu-west-1",
    pattern: /^[a-z]{2,}(?:-[a-z]+)+-\d+$/,
  }),
} as const;

type SettingName = keyof typeof schema;

/** Every setting with its parsed value. */
export type Parsed = {
  readonly [Name in SettingName]: Exclude<ReturnType<(typeof schema)[Name]["parse"]>, undefined> | Absent<Name>;
};

type Absent<Name extends SettingName> = Name extends `AWS_ENDPOINT_URL${string}` ? undefined : never;
