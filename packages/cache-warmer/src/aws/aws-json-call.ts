import { errorCode, parseJsonObject } from "@lambda-extension/core";
import type { Clock } from "@lambda-extension/core";
import type { AwsCall, AwsFailure, AwsOutcome } from "./classify-failure.ts";
import { classifyFailure } from "./classify-failure.ts";
import type { CredentialsProvider } from "./credentials.ts";
import type { HttpClient, HttpResponse } from "./http-client.ts";
import { signRequest } from "./sign-request.ts";
import type { AwsService } from "./sign-request.ts";

/** What a call of one service needs. */
export interface AwsJsonCallOptions {
  readonly service: AwsService;
  readonly region: string;
  readonly endpoint: URL;
  readonly client: HttpClient;
  readonly credentials: CredentialsProvider;
  readonly clock: Clock;
}

/** The services' names in `X-Amz-Target`. */
const targets: Readonly<Record<AwsService, string>> = { ssm: "AmazonSSM", secretsmanager: "secretsmanager" };

/**
 * Calls an AWS JSON 1.1 service once, signed, without retries. Never rejects.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function createAwsJsonCall(options: AwsJsonCallOptions): AwsCall {
  const { service, region, endpoint, client, credentials, clock } = options;

  return async (operation, input, signal) => {
    const found = await credentials.get(signal);
    if (found.kind !== "credentials") return found;
    const unsigned = {
      method: "POST",
      url: new URL(endpoint),
      headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `${targets[service]}.${operation}` },
      body: JSON.stringify(input),
    } as const;
    try {
      const request = await signRequest(unsigned, {
        service,
        region,
        credentials: found.credentials,
        epochMs: clock.wallMs(),
      });
      return toOutcome(await client.send(request, signal));
    } catch (error) {
      return signal.aborted
        ? transient("TimeoutError", `no answer from ${endpoint.host} in time`)
        : transient("ConnectionError", `${endpoint.host}: ${describe(error)}`);
    }
  };
}

function toOutcome(response: HttpResponse): AwsOutcome {
  if (response.status !== 200) return classifyFailure(response.status, response.body);
  const output = parseJsonObject(response.body);
  if (output !== undefined) return { kind: "ok", output };
  return transient("MalformedAnswer", "the service answered 200 with a body that is not a JSON object");
}

function transient(code: string, message: string): AwsFailure {
  return { kind: "transient", code, message };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // If both addresses of a name refuse the connection, the error is an AggregateError without a message.
  return error.message || (errorCode(error) ?? error.name);
}
