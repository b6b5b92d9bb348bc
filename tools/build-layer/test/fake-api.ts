import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Counts connections from 1. */
  readonly connection: number;
}

/** What the server does with a request: bytes as chunks that are written apart from each other, then what follows. */
export interface Reply {
  readonly chunks: readonly (string | Uint8Array)[];
  readonly after?: "keep" | "end" | "reset";
  /** How long the server waits before the first chunk; 0 by default. */
  readonly delayMs?: number;
}

export interface FakeApi {
  readonly address: string;
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** A TCP server that answers HTTP with exactly the given bytes, also answers that no HTTP library can give. */
export async function startFakeApi(reply: (request: ReceivedRequest) => Reply): Promise<FakeApi> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {}); // resets are part of the tests
    const connection = sockets.size;
    let received = Buffer.alloc(0);
    socket.on("data", (data) => {
      if (socket.writableEnded) return; // what comes after our FIN is lost, as on a closed connection
      received = Buffer.concat([received, data]);
      const request = parse(received, connection);
      if (request === undefined) return;
      received = Buffer.alloc(0);
      requests.push(request);
      void answer(socket, reply(request));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A usual answer of the Extensions API. */
export function ok(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ "Content-Length": String(Buffer.byteLength(body)), ...headers });
  return `HTTP/1.1 200 OK\r\n${lines.map(([key, value]) => `${key}: ${value}\r\n`).join("")}\r\n${body}`;
}

async function answer(socket: Socket, { chunks, after, delayMs = 0 }: Reply): Promise<void> {
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  for (const chunk of chunks) {
    if (socket.destroyed) return;
    await new Promise<void>((resolve) => socket.write(chunk, () => setImmediate(resolve)));
  }
  if (after === "end") socket.end();
  if (after === "reset") socket.resetAndDestroy();
}

function parse(received: Buffer, connection: number): ReceivedRequest | undefined {
  const text = received.toString("utf8");
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [line = "", ...headerLines] = text.slice(0, end).split("\r\n");
  const [method = "", path = ""] = line.split(" ");
  const headers = new Map(
    headerLines.map((header) => [
      header.slice(0, header.indexOf(":")).toLowerCase(),
      header.slice(header.indexOf(":") + 1).trim(),
    ]),
  );
  const body = text.slice(end + 4);
  return Buffer.byteLength(body) < Number(headers.get("content-length") ?? 0)
    ? undefined
    : { method, path, headers, body, connection };
}
