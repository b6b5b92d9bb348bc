import type { Socket } from "node:net";
import { PlatformError } from "../errors.ts";
import { createHttpLink } from "./http-link.ts";
import type { HttpExchange, HttpLink, HttpResponse } from "./http-link.ts";
import type { BytesListener, InheritedConnection } from "./inherited-connection.ts";

/** A request. `body` is sent as JSON. Header values must be free of line breaks. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for the whole exchange. Absent: waits for ever, as `register` and `next` must. */
  readonly timeoutMs?: number;
}

/** See {@link createHttpConnection}. */
export type HttpConnection = ReturnType<typeof createHttpConnection>;

/** Where a connection gets its sockets. */
export interface HttpConnectionOptions {
  /** The value of the Host header. */
  readonly host: string;
  /** Opens a new socket; errors come as events, bytes to the listener. */
  open(onBytes: BytesListener): Socket;
  /** Takes the first request. */
  readonly inherited?: InheritedConnection | undefined;
}

/**
 * Speaks to one server over one socket at a time, opened when first needed; one request at a time.
 * If a reused socket dies before the first byte of an answer, the request goes out once more, on a fresh socket: every
 * call of the Extensions API that can meet a reused socket is safe to send twice (the platform refuses a `next` that it
 * has seen with 403). A request on a fresh socket is never repeated.
 */
export function createHttpConnection(options: HttpConnectionOptions) {
  let { inherited } = options;
  let link: HttpLink | undefined;
  let encoded: { readonly request: HttpRequest; readonly bytes: Buffer } | undefined;

  function encodeOnce(request: HttpRequest): Buffer {
    if (encoded?.request !== request) encoded = { request, bytes: encode(request, options.host) };
    return encoded.bytes;
  }

  /** Undefined without an inherited connection, and if it is dead: that only costs a new connection. */
  function sendInherited(bytes: Buffer): HttpLink | undefined {
    const first = inherited;
    if (first === undefined) return undefined;
    inherited = undefined;
    try {
      first.write(bytes);
      return createHttpLink(
        (onBytes) => first.toSocket(onBytes),
        (socket, more) => first.writeTo(socket, more),
      );
    } catch {
      return undefined;
    }
  }

  /** Calls back without a promise in between. Encodes the same request object only once. */
  function exchange(request: HttpRequest, asked: HttpExchange): void {
    const bytes = encodeOnce(request);
    const early = sendInherited(bytes);
    const known = early ?? link;
    const reused = known?.isAlive() === true ? known : undefined;
    const used = reused ?? createHttpLink((onBytes) => options.open(onBytes));
    link = used;
    const timer =
      request.timeoutMs === undefined ? undefined : setTimeout(() => used.fail(timedOut(request)), request.timeoutMs);
    used.start(used === early ? undefined : bytes, {
      onResponse(response) {
        clearTimeout(timer);
        asked.onResponse(response);
      },
      onLost(cause) {
        clearTimeout(timer);
        if (reused === undefined || used.hasAnswerStarted() || cause.code === "TimedOut" || cause.code === "Closed") {
          asked.onLost(cause);
        } else {
          exchange(request, {
            ...asked,
            onResponse: (response) => asked.onResponse({ ...response, resent: true }),
          });
        }
      },
    });
  }

  return {
    exchange,
    /** The same as a promise. Errors: `PlatformError`, see {@link HttpExchange}. */
    request: (request: HttpRequest): Promise<HttpResponse> =>
      new Promise((resolve, reject) => exchange(request, { onResponse: resolve, onLost: reject })),
    close(): void {
      link?.close();
      link = undefined;
    },
  };
}

function encode(request: HttpRequest, host: string): Buffer {
  let head = `${request.method} ${request.path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const [name, value] of Object.entries(request.headers)) {
    if (/[^\t\x20-\x7e]/.test(value)) {
      throw new Error(`BUG: the header ${name} holds a control character or is not ASCII`);
    }
    head += `${name}: ${value}\r\n`;
  }
  if (request.body === undefined) return Buffer.from(`${head}\r\n`, "latin1");
  const length = Buffer.byteLength(request.body);
  return Buffer.from(`${head}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${request.body}`);
}

function timedOut(request: HttpRequest): PlatformError {
  return new PlatformError(`No answer to ${request.method} ${request.path} within ${request.timeoutMs} ms`, {
    code: "TimedOut",
  });
}
