import type * as http from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

/** What an extension asks of Lambda's APIs while it starts. */
export type ApiCall =
  | { readonly kind: "register" | "next" | "subscribe" }
  /** `init/error` or `exit/error`. */
  | { readonly kind: "error"; readonly errorType: string };

/** A stand-in for Lambda's Extensions and Telemetry APIs, as far as an extension needs them up to its first event. */
export interface ExtensionsApi {
  /** For AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  close(): Promise<void>;
}

/** The identifier that every extension gets, and the answer to its registration. */
export const registered = {
  identifier: "00000000-0000-4000-8000-000000000000",
  answer: JSON.stringify({
    functionName: "start-up",
    functionVersion: "$LATEST",
    handler: "index.handler",
    accountId: "123456789012",
  }),
};

/**
 * Opens the API on a free port of 127.0.0.1. It never answers `next`: no event comes. Errors: rejects if it cannot
 * listen.
 */
export async function openExtensionsApi(onCall: (call: ApiCall) => void): Promise<ExtensionsApi> {
  // An `import` of node:http would also load undici, 40 ms.
  const { createServer } = createRequire(import.meta.url)("node:http") as typeof http;
  const server = createServer((request, response) => {
    const call = toCall(request);
    request.resume();
    if (call !== undefined) onCall(call);
    if (call?.kind === "next") return;
    response.setHeader("Content-Type", "application/json");
    if (call?.kind === "register") response.setHeader("Lambda-Extension-Identifier", registered.identifier);
    response.end(call?.kind === "register" ? registered.answer : '"OK"');
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Undefined for a call that says nothing about the start. */
function toCall({ url = "", headers }: http.IncomingMessage): ApiCall | undefined {
  if (url.endsWith("/event/next")) return { kind: "next" };
  if (url.endsWith("/register")) return { kind: "register" };
  if (/\/(telemetry|logs)$/.test(url)) return { kind: "subscribe" };
  const errorType = headers["lambda-extension-function-error-type"];
  return /\/(init|exit)\/error$/.test(url) ? { kind: "error", errorType: String(errorType) } : undefined;
}
