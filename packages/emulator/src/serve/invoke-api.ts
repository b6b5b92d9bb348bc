import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LogLine } from "../history/log-line.ts";
import { Interrupted } from "../host/host.ts";
import type { InvokeOptions } from "../options/invoke-result.ts";
import { EmulatorError, errorCode } from "../problems/emulator-error.ts";
import type { PooledAnswer } from "./environment-pool.ts";
import { encodeMessage } from "./event-stream.ts";
import { maxBodyBytes, readPayload, readRequest, serviceError } from "./invoke-request.ts";
import type { InvokeRequest, ServiceError } from "./invoke-request.ts";

/**
 * Runs one invocation. Returns a `ServiceError` if it cannot run. Errors: `Interrupted`.
 */
export type RunInvocation = (
  functionName: string,
  payload: Uint8Array,
  options: InvokeOptions,
) => Promise<({ readonly kind: "answered" } & PooledAnswer) | ServiceError>;

/** How the Invoke API listens, and what it calls. */
export interface InvokeApiOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly run: RunInvocation;
  /** The error for a function that does not exist; undefined if it exists. */
  readonly find: (functionName: string) => ServiceError | undefined;
  /** Called for an asynchronous invocation that failed: its caller does not wait for the outcome. */
  readonly onAsyncFailure: (message: string) => void;
}

/**
 * Serves Lambda's Invoke API as AWS's SDKs and CLI call it; signatures are not checked.
 * Errors: `EmulatorError` if the port is in use.
 */
export async function startInvokeApi(options: InvokeApiOptions) {
  const server = createServer((request, response) => {
    respond(request, response, options).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      sendError(response, serviceError(500, "ServiceException", message));
    });
  });
  // An invocation may take 15 minutes.
  server.requestTimeout = 0;
  // SDKs keep connections; closing one under them would look like a failed invocation.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new EmulatorError(listenProblem(error, options))));
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    /** `http://127.0.0.1:3001`. */
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenProblem(error: Error, { host, port }: InvokeApiOptions): string {
  const code = errorCode(error) ?? error.message;
  if (code === "EADDRINUSE") return `port ${port} is in use: choose another with --port (0: any free one)`;
  return `cannot listen on ${host}:${port} (${code}): choose another --host or --port`;
}

async function respond(request: IncomingMessage, response: ServerResponse, options: InvokeApiOptions): Promise<void> {
  const requestId = randomUUID();
  response.setHeader("x-amzn-RequestId", requestId);
  const asked = readRequest(request);
  const body = await readBody(request);
  if (asked.kind === "error") return sendError(response, asked);
  const read = readPayload(body, asked.invocationType);
  if (read.kind === "error") return sendError(response, read);
  const missing = options.find(asked.functionName);
  if (missing !== undefined) return sendError(response, missing);
  if (asked.invocationType === "DryRun") return void response.writeHead(204).end();
  const context = asked.clientContext === undefined ? {} : { clientContext: asked.clientContext };
  if (asked.isStreamed) {
    const stream = createAnswerStream(response);
    const running = options.run(asked.functionName, read.payload, { requestId, ...context, onPiece: stream.piece });
    return stream.end(await running, asked);
  }
  const running = options.run(asked.functionName, read.payload, { requestId, ...context });
  if (asked.invocationType === "Event") {
    response.writeHead(202).end();
    return watchAsync(running, asked, options);
  }
  await sendAnswer(response, await running, asked);
}

async function sendAnswer(
  response: ServerResponse,
  outcome: Awaited<ReturnType<RunInvocation>>,
  { wantsLogTail }: InvokeRequest,
): Promise<void> {
  if (outcome.kind === "error") return sendError(response, outcome);
  response.setHeader("X-Amz-Executed-Version", "$LATEST");
  if (outcome.result.kind === "function-error") response.setHeader("X-Amz-Function-Error", "Unhandled");
  // REPORT belongs to the tail, and comes when every extension is done.
  if (wantsLogTail) response.setHeader("X-Amz-Log-Result", logTail(await outcome.lines));
  response.writeHead(200, { "Content-Type": "application/json" }).end(outcome.result.payload);
}

/**
 * Sends an answer as events, each at once: PayloadChunk for each piece, or for the whole answer of a function that does
 * not stream, then InvokeComplete with the function's error and the log.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
 */
function createAnswerStream(response: ServerResponse) {
  const send = (eventType: string, contentType: string, payload: Uint8Array): void => {
    if (!response.headersSent) {
      response.writeHead(200, {
        "Content-Type": "application/vnd.amazon.eventstream",
        "X-Amz-Executed-Version": "$LATEST",
      });
    }
    response.write(
      encodeMessage({ ":message-type": "event", ":event-type": eventType, ":content-type": contentType }, payload),
    );
  };
  const piece = (bytes: Uint8Array): void => send("PayloadChunk", "application/octet-stream", bytes);
  return {
    piece,
    async end(outcome: Awaited<ReturnType<RunInvocation>>, { wantsLogTail }: InvokeRequest): Promise<void> {
      if (outcome.kind === "error") return sendError(response, outcome);
      const { kind, payload } = outcome.result;
      if (kind === "response" && !response.headersSent) piece(Buffer.from(payload));
      const failure = kind === "function-error" ? { ErrorCode: "Unhandled", ErrorDetails: payload } : {};
      const log = wantsLogTail ? { LogResult: logTail(await outcome.lines) } : {};
      send("InvokeComplete", "application/json", Buffer.from(JSON.stringify({ ...failure, ...log })));
      response.end();
    },
  };
}

/** Lambda would try again after a minute; the emulator reports the failure once. */
async function watchAsync(
  running: ReturnType<RunInvocation>,
  asked: InvokeRequest,
  options: InvokeApiOptions,
): Promise<void> {
  try {
    const outcome = await running;
    if (outcome.kind === "error") options.onAsyncFailure(outcome.message);
    else if (outcome.result.kind === "function-error") {
      options.onAsyncFailure(
        `asynchronous invocation of ${asked.functionName} failed and is not tried again: ${outcome.result.payload}`,
      );
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) options.onAsyncFailure(error instanceof Error ? error.message : String(error));
  }
}

/** The last 4 KiB of the lines, in base64, as `LogType: Tail` gives them. */
function logTail(lines: readonly LogLine[]): string {
  const text = lines.map((line) => `${line.text.replace(/\n$/, "")}\n`).join("");
  return Buffer.from(text, "utf8").subarray(-4096).toString("base64");
}

function sendError(response: ServerResponse, { status, errorType, message }: ServiceError): void {
  // The end of a stream would look like a whole answer; a cut does not.
  if (response.headersSent) return void response.destroy();
  const type = status >= 500 ? "Service" : "User";
  response.writeHead(status, { "Content-Type": "application/json", "x-amzn-ErrorType": errorType });
  response.end(JSON.stringify({ Type: type, Message: message }));
}

/** Keeps one byte more than the limit, enough to know that the body is too large, and throws the rest away. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bytes < maxBodyBytes) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks);
}
