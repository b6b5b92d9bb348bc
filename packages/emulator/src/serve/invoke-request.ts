import type { IncomingMessage } from "node:http";

/**
 * What a caller asks for. Sources: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html,
 * https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
 */
export interface InvokeRequest {
  /** Name, logical id or ARN, decoded. */
  readonly functionName: string;
  readonly invocationType: "RequestResponse" | "Event" | "DryRun";
  /** Whether the answer goes out piece by piece, as events: InvokeWithResponseStream. */
  readonly isStreamed: boolean;
  readonly wantsLogTail: boolean;
  /** JSON text. */
  readonly clientContext: string | undefined;
}

/** An answer of the Lambda service that is an error. */
export interface ServiceError {
  readonly kind: "error";
  readonly status: number;
  /** Goes into `x-amzn-ErrorType`, of which SDKs make their exception. */
  readonly errorType: string;
  readonly message: string;
}

/**
 * Limits of a payload. Units: bytes. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxBytes = { RequestResponse: 6_291_456, DryRun: 6_291_456, Event: 1_048_576 } as const;

/**
 * Reads the head of a request to the Invoke API, as AWS's SDKs and CLI send it. Errors: a `ServiceError` as a value.
 */
export function readRequest({
  method,
  url = "",
  headers,
}: Pick<IncomingMessage, "method" | "url" | "headers">): ({ readonly kind: "invoke" } & InvokeRequest) | ServiceError {
  const whole = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?.*)?$/.exec(url)?.[1];
  const streamed = /^\/2021-11-15\/functions\/([^/?]+)\/response-streaming-invocations(?:\?.*)?$/.exec(url)?.[1];
  const givenName = whole ?? streamed;
  if (givenName === undefined) {
    return serviceError(
      404,
      "PathNotFoundLocally",
      `${url} is not offered here: only Invoke and InvokeWithResponseStream are`,
    );
  }
  if (method !== "POST") return serviceError(405, "MethodNotAllowedLocally", "Invoke is a POST");
  const isStreamed = streamed !== undefined;
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === "string" ? value : value?.[0];
  };
  const invocationType = header("x-amz-invocation-type") ?? "RequestResponse";
  const isKnown = invocationType === "RequestResponse" || invocationType === "DryRun" || invocationType === "Event";
  if (!isKnown || (isStreamed && invocationType === "Event")) {
    return invalid("InvalidParameterValueException", `Unknown invocation type: ${invocationType}`);
  }
  const functionName = decode(givenName);
  const clientContext = readContext(header("x-amz-client-context"));
  if (functionName === undefined) {
    return invalid("InvalidParameterValueException", "The function name is not URL-encoded");
  }
  if (clientContext === null) {
    return invalid("InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object.");
  }
  const wantsLogTail = header("x-amz-log-type") === "Tail";
  return { kind: "invoke", functionName, invocationType, isStreamed, wantsLogTail, clientContext };
}

/** Checks the body: JSON, not too long; an empty body means `{}`. Errors: a `ServiceError` as a value. */
export function readPayload(
  body: Uint8Array,
  invocationType: InvokeRequest["invocationType"],
): { readonly kind: "payload"; readonly payload: Uint8Array } | ServiceError {
  if (body.length > maxBytes[invocationType]) {
    const message = `Request must be smaller than ${maxBytes[invocationType]} bytes for the InvokeFunction operation`;
    return serviceError(413, "RequestTooLargeException", message);
  }
  if (body.length === 0) return { kind: "payload", payload: Buffer.from("{}") };
  try {
    JSON.parse(new TextDecoder().decode(body));
    return { kind: "payload", payload: body };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return invalid("InvalidRequestContentException", `Could not parse request body into json: ${why}`);
  }
}

/** How much of a body is kept before it is refused. Units: bytes. */
export const maxBodyBytes = maxBytes.RequestResponse + 1;

/** An error with any status. */
export function serviceError(status: number, errorType: string, message: string): ServiceError {
  return { kind: "error", status, errorType, message };
}

function invalid(errorType: string, message: string): ServiceError {
  return serviceError(400, errorType, message);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The context's JSON text; undefined without a context, null if it is not a JSON object. */
function readContext(given: string | undefined): string | undefined | null {
  if (given === undefined) return undefined;
  const text = Buffer.from(given, "base64").toString("utf8");
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? text : null;
  } catch {
    return null;
  }
}
