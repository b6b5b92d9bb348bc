import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EmulatorError } from "../problems/emulator-error.ts";
import type { ApiRequest } from "../state/api-request.ts";
import { internalServerError } from "./answers.ts";

/** A piece of a request's body, handed over as it comes. The request itself follows when it is whole. */
export interface BodyPiece {
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly bytes: Buffer;
}

/** What the server does with requests. */
export interface ApiHandler {
  handle(request: ApiRequest): void;
  /** Returns how long nothing more of this body may be read. Units: milliseconds. */
  onPiece(piece: BodyPiece): number;
}

/** A server that listens on 127.0.0.1. */
export interface ApiServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  cutIdleConnections(): void;
  close(): Promise<void>;
}

/** Listens on a port of 127.0.0.1 (0: any free one) and hands over each request once its body is complete. */
export async function startApiServer(port: number, handler: ApiHandler): Promise<ApiServer> {
  const server = createServer((incoming, outgoing) => serve(incoming, outgoing, handler));
  // Clients are frozen and thawed: a long wait must not end a connection.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(toEmulatorError(error, port)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${boundPort}`,
    cutIdleConnections: () => server.closeIdleConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toEmulatorError(error: NodeJS.ErrnoException, port: number): EmulatorError {
  return error.code === "EADDRINUSE"
    ? new EmulatorError(
        `port ${port} of 127.0.0.1 is in use: choose another port, or leave the port out to get any free one`,
      )
    : new EmulatorError(`cannot listen on port ${port} of 127.0.0.1: ${error.message}`);
}

function serve(incoming: IncomingMessage, outgoing: ServerResponse, handler: ApiHandler): void {
  const chunks: Buffer[] = [];
  const path = (incoming.url ?? "/").split("?", 1)[0] ?? "/";
  const header = (name: string): string | undefined => joinHeader(incoming.headers[name]);
  incoming.on("data", (bytes: Buffer) => {
    chunks.push(bytes);
    const waitMs = handler.onPiece({ path, header, bytes });
    if (waitMs === 0) return;
    // The sender finds its connection full, as on the platform.
    incoming.pause();
    setTimeout(() => incoming.resume(), waitMs);
  });
  incoming.on("error", () => {});
  incoming.on("end", () => {
    const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    const request = toRequest(incoming, outgoing, { path, header, body });
    // What a process printed before it made this call lies in its pipe by now: one turn of the loop reads it first.
    setImmediate(() => {
      try {
        handler.handle(request);
      } catch (error) {
        request.respond(internalServerError);
        throw error;
      }
    });
  });
}

function toRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  parts: Pick<ApiRequest, "path" | "header" | "body">,
): ApiRequest {
  return {
    method: incoming.method ?? "GET",
    ...parts,
    trailers: incoming.trailers,
    respond(answer) {
      if (outgoing.headersSent || outgoing.destroyed) return;
      outgoing.writeHead(answer.status, { ...answer.headers, "Content-Length": Buffer.byteLength(answer.body) });
      outgoing.end(answer.body);
    },
    cut: () => incoming.socket.destroy(),
  };
}

function joinHeader(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value.join(",") : value;
  return text === "" ? undefined : text;
}
