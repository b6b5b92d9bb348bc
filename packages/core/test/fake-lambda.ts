import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call of the extension, as it came. */
export interface RecordedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** An answer to give; `hold` never answers, `cut` closes the connection, `reset` resets it. */
export type FakeAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body: string;
    }
  | { readonly kind: "hold" }
  | { readonly kind: "cut" }
  | { readonly kind: "reset" };

/** Written by hand from AWS's API description; it shares nothing with the code under test. */
export interface FakeLambda {
  /** `127.0.0.1:port`. */
  readonly address: string;
  readonly calls: RecordedCall[];
  /** Delivers to the `next` that waits, or to the following one. */
  deliver(event: object): void;
  /** Answers the next call of `method path` in its own way, once. */
  answerOnce(call: string, answer: FakeAnswer): void;
  /** Resolves with the `count`-th call of `method path`, counted from 1. */
  called(call: string, count?: number): Promise<RecordedCall>;
  /** Connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

export const fakeIdentifier = "7c8d1ab0-5e5f-4d0e-9df0-8c86a0c3f001";

export async function startFakeLambda(): Promise<FakeLambda> {
  const calls: RecordedCall[] = [];
  const events: object[] = [];
  const once = new Map<string, FakeAnswer[]>();
  let parked: ServerResponse | undefined;
  let waiters: { readonly call: string; readonly count: number; resolve(call: RecordedCall): void }[] = [];
  let connections = 0;

  function release(): void {
    const event = parked === undefined ? undefined : events.shift();
    if (parked === undefined || event === undefined) return;
    // SHUTDOWN comes without a Content-Type, INVOKE with one.
    parked.end(JSON.stringify(event));
    parked = undefined;
  }

  function wake(): void {
    const count = (call: string) => calls.filter(({ method, path }) => `${method} ${path}` === call);
    waiters = waiters.filter((waiter) => {
      const found = count(waiter.call)[waiter.count - 1];
      if (found !== undefined) waiter.resolve(found);
      return found === undefined;
    });
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const call = `${request.method} ${request.url}`;
    const special = once.get(call)?.shift();
    if (special?.kind === "hold") return;
    if (special?.kind === "cut") return void request.socket.end();
    if (special?.kind === "reset") return void request.socket.resetAndDestroy();
    if (special?.kind === "answer") return void response.writeHead(special.status, special.headers).end(special.body);
    if (call === "POST /2020-01-01/extension/register") {
      const body = {
        functionName: "fn",
        functionVersion: "$LATEST",
        handler: "index.handler",
        accountId: "123456789012",
      };
      return void response.writeHead(200, { "Lambda-Extension-Identifier": fakeIdentifier }).end(JSON.stringify(body));
    }
    if (request.headers["lambda-extension-identifier"] !== fakeIdentifier) {
      return void response
        .writeHead(403)
        .end('{"errorMessage":"Unknown extension","errorType":"Extension.UnknownExtensionIdentifier"}\n');
    }
    if (call === "GET /2020-01-01/extension/event/next") {
      parked = response;
      return release();
    }
    if (call === "PUT /2022-07-01/telemetry") return void response.writeHead(200).end('"OK"');
    if (/^POST \/2020-01-01\/extension\/(init|exit)\/error$/.test(call)) {
      return void response.writeHead(202).end('{"status":"OK"}\n');
    }
    return void response.writeHead(404).end("404 page not found\n");
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      calls.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
      wake();
    });
  });
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    deliver(event) {
      events.push(event);
      release();
    },
    answerOnce(call, special) {
      once.set(call, [...(once.get(call) ?? []), special]);
    },
    called: (call, count = 1) =>
      new Promise((resolve) => {
        waiters.push({ call, count, resolve });
        wake();
      }),
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An INVOKE as the platform words it. */
export function invokeEvent(requestId: string, overrides: object = {}): object {
  return {
    eventType: "INVOKE",
    deadlineMs: Date.now() + 30_000,
    requestId,
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:fn",
    tracing: { type: "X-Amzn-Trace-Id", value: "Root=1-67891233-abcdef012345678912345678" },
    ...overrides,
  };
}

/** A SHUTDOWN as the platform words it. */
export function shutdownEvent(overrides: object = {}): object {
  return { eventType: "SHUTDOWN", deadlineMs: Date.now() + 2000, shutdownReason: "spindown", ...overrides };
}
