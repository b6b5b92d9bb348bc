import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Lambda's Extensions API, as far as an extension needs it up to its first event, which is SHUTDOWN. */
export interface ExtensionsApi {
  /** For AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /**
   * Resolves with the moment (`performance.now()`) at which the extension asks for its next event. Call it before
   * the extension starts.
   */
  firstNext(): Promise<number>;
  close(): Promise<void>;
}

const registration = {
  functionName: "start-up",
  functionVersion: "$LATEST",
  handler: "index.handler",
  accountId: "123456789012",
};

/** Opens the API on a free port of 127.0.0.1. Errors: rejects if it cannot listen. */
export async function openExtensionsApi(): Promise<ExtensionsApi> {
  let onNext = (_atMs: number): void => {};
  const server = createServer((request, response) => {
    const atMs = performance.now();
    request.resume();
    response.setHeader("Content-Type", "application/json");
    if (request.url?.endsWith("/event/next") === true) {
      const deadlineMs = Date.now() + 2000;
      response.end(JSON.stringify({ eventType: "SHUTDOWN", shutdownReason: "spindown", deadlineMs }));
      onNext(atMs);
    } else if (request.url?.endsWith("/register") === true) {
      response.setHeader("Lambda-Extension-Identifier", "00000000-0000-4000-8000-000000000000");
      response.end(JSON.stringify(registration));
    } else {
      response.end('"OK"'); // a subscription, a report of a failure
    }
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    firstNext: () => new Promise((resolve) => (onNext = resolve)),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
