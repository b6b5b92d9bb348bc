import type { Credentials } from "./credentials.ts";
import type { HttpRequest } from "./http-client.ts";

/** The AWS services that the warmer calls, by their names in signatures and host names. */
export type AwsService = "ssm" | "secretsmanager";

/**
 * Adds Signature Version 4 to a request. Units: `epochMs` is the moment of signing. The library is loaded with the
 * first request: it loads node:crypto, which an extension without requests does not need.
 */
export async function signRequest(
  request: HttpRequest,
  options: {
    readonly service: AwsService;
    readonly region: string;
    readonly credentials: Credentials;
    readonly epochMs: number;
  },
): Promise<HttpRequest> {
  const { service, region, credentials, epochMs } = options;
  const { default: aws4 } = await import("aws4");
  const signed = aws4.sign(
    {
      service,
      region,
      method: request.method,
      path: request.url.pathname,
      body: request.body,
      headers: { ...request.headers, Host: request.url.host, "X-Amz-Date": toBasicIso(epochMs) },
    },
    credentials,
  );
  return { ...request, headers: signed.headers ?? {} };
}

/** `20261123T081500Z`. */
function toBasicIso(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}
