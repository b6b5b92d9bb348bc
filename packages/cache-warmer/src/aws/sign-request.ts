import aws4 from "aws4";
import type { Credentials } from "./credentials.ts";
import type { HttpRequest } from "./http-client.ts";
import type { AwsService } from "./resolve-endpoint.ts";

/** Adds Signature Version 4 to a request. Units: `epochMs` is the moment of signing. */
export function signRequest(
  request: HttpRequest,
  options: {
    readonly service: AwsService;
    readonly region: string;
    readonly credentials: Credentials;
    readonly epochMs: number;
  },
): HttpRequest {
  const { service, region, credentials, epochMs } = options;
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
  return {
    ...request,
    headers: Object.fromEntries(Object.entries(signed.headers ?? {}).map(([name, value]) => [name, String(value)])),
  };
}

/** `20261123T081500Z`. */
function toBasicIso(epochMs: number): string {
  return new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}
