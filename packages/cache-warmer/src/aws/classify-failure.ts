import { parseJsonObject } from "@lambda-extension/core";

/** Why there is no value. */
export interface FetchFailure {
  /** `transient`: the same call may succeed later. `definite`: it will fail until a person changes something. */
  readonly kind: "transient" | "definite";
  /**
   * The service's code, such as `ParameterNotFound` or `AccessDeniedException`; without an answer of the service
   * `ConnectionError`, `TimeoutError` or `CredentialsError`.
   */
  readonly code: string;
  readonly message: string;
}

/** A call that did not succeed. */
export interface AwsFailure extends FetchFailure {
  /** One more try may succeed, at once, with fresh credentials and a fresh signature. */
  readonly isExpired?: true;
}

/** The result of a call of AWS. */
export type AwsOutcome = { readonly kind: "ok"; readonly output: Readonly<Record<string, unknown>> } | AwsFailure;

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

/** The credentials ended while the environment was frozen, or AWS got a signature that was made before the freeze. */
const expiredCodes = new Set(["ExpiredToken", "ExpiredTokenException", "InvalidSignatureException", "RequestExpired"]);

/**
 * Turns an error answer of an AWS JSON 1.1 service, `{"__type":"prefix#Code","message"|"Message":…}`, into a failure;
 * the code of any other answer is its status. Keeps only the first line of a message: if a signature does not match,
 * AWS quotes the signed request behind it, with the session token.
 */
export function classifyFailure(status: number, body: Buffer): AwsFailure {
  const { __type: type, message: usual, Message: other } = parseJsonObject(body) ?? {};
  const code = typeof type === "string" && type !== "" ? type.slice(type.lastIndexOf("#") + 1) : `HTTP${status}`;
  const text = usual ?? other;
  const message = typeof text === "string" ? text.replace(/[\r\n][^]*/, "") : `the service answered ${status}`;
  if (expiredCodes.has(code)) return { kind: "transient", code, message, isExpired: true };
  const isTransient = transientCodes.has(code) || status >= 500 || status === 429;
  return { kind: isTransient ? "transient" : "definite", code, message };
}
