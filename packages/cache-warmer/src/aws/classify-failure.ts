import { parseJsonObject } from "@lambda-extension/core";

/**
 * What came of calling AWS. `failed` carries the service's own code, or `ConnectionError`, `TimeoutError`,
 * `CredentialsError`.
 */
export type AwsOutcome = { readonly kind: "ok"; readonly output: Readonly<Record<string, unknown>> } | AwsFailure;

/** A call that did not succeed. */
export interface AwsFailure {
  readonly kind: "failed";
  readonly code: string;
  readonly message: string;
  /**
   * `transient`: the same call may succeed later. `once`: worth one more try with fresh credentials and a fresh
   * signature. `definite`: it will not until somebody changes something.
   */
  readonly lasts: "transient" | "once" | "definite";
}

/** An operation of one service, `GetParameter` or `GetSecretValue`, with its input as the service spells it. */
export type AwsCall = (operation: string, input: object, signal: AbortSignal) => Promise<AwsOutcome>;

/**
 * Codes that mean "later".
 * Source: the AWS SDKs' standard retry mode,
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const transientCodes = new Set([
  "InternalFailure",
  "InternalServerError",
  "InternalServiceError",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "RequestTimeout",
  "RequestTimeoutException",
  "ServiceUnavailable",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/** Credentials that ended while the environment was frozen, or a signature made before the freeze and sent after it. */
const onceCodes = new Set(["ExpiredToken", "ExpiredTokenException", "InvalidSignatureException", "RequestExpired"]);

/**
 * Turns an error answer of an AWS JSON 1.1 service, `{"__type":"prefix#Code","message"|"Message":…}`, into a failure.
 * Returns the status as code of any other answer. Of a message it keeps the first line: behind it AWS quotes the signed
 * request, session token and all, where a signature does not match.
 */
export function classifyFailure(status: number, body: Buffer): AwsFailure {
  const { code, message } = parseError(body);
  const name = code ?? `HTTP${status}`;
  return {
    kind: "failed",
    code: name,
    message: message ?? `the service answered ${status}`,
    lasts: howLong(name, status),
  };
}

function howLong(code: string, status: number): AwsFailure["lasts"] {
  if (onceCodes.has(code)) return "once";
  return transientCodes.has(code) || status >= 500 || status === 429 ? "transient" : "definite";
}

function parseError(body: Buffer): { readonly code?: string; readonly message?: string } {
  const { __type: type, message: usual, Message: other } = parseJsonObject(body) ?? {};
  const message = usual ?? other;
  return {
    ...(typeof type === "string" && type !== "" && { code: type.slice(type.lastIndexOf("#") + 1) }),
    ...(typeof message === "string" && { message: message.replace(/[\r\n][^]*/, "") }),
  };
}
