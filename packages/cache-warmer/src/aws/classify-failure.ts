import type { AwsFailure } from "./aws-outcome.ts";

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
 * Turns an error answer of an AWS JSON 1.1 service into a failure.
 * Shape: `{"__type":"prefix#Code","message"|"Message":…}`; anything else is named by its status. Of a message only the
 * first line: behind it AWS quotes the signed request, session token and all, where a signature does not match.
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
  try {
    const parsed = JSON.parse(body.toString()) as Readonly<Record<string, unknown>> | null;
    const type = parsed?.["__type"];
    const message = parsed?.["message"] ?? parsed?.["Message"];
    return {
      ...(typeof type === "string" && type !== "" && { code: type.slice(type.lastIndexOf("#") + 1) }),
      ...(typeof message === "string" && { message: message.replace(/[\r\n][^]*/, "") }),
    };
  } catch {
    return {};
  }
}
