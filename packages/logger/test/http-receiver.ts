import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A request as it came, its body decompressed. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Which connection it came over; the first is 1. */
  readonly connection: number;
}

/**
 * What the receiver does with a request: a status, or a 200 whose body does not end, slow or fast, or nothing, or a
 * reset.
 */
export type Answer =
  | number
  | { readonly status: number; readonly headers: Record<string, string> }
  | "endless"
  | "flood"
  | "hang"
  | "reset";

/** An HTTP server that takes batches. Only batches answered with 2xx count as accepted. */
export interface HttpReceiver {
  readonly url: URL;
  readonly requests: readonly ReceivedRequest[];
  /** The NDJSON lines of every accepted request, in order. */
  acceptedLines(): readonly string[];
  /** The answer to the next requests; 200 at first. */
  answerWith(answer: (request: ReceivedRequest) => Answer): void;
  /** Closes idle connections, as servers do after some seconds. */
  closeIdleConnections(): void;
  /** Resolves when the client has closed every connection it made. */
  connectionsClosed(): Promise<void>;
  close(): Promise<void>;
}

const flood = Buffer.alloc(64 * 1024);

/** Starts a receiver on a free port of 127.0.0.1. */
export async function startHttpReceiver(): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  const accepted: string[] = [];
  let answer: (request: ReceivedRequest) => Answer = () => 200;
  let connections = 0;
  const numbers = new WeakMap<object, number>();
  const server = createServer((message, response) => void receive(message, response));
  const closed: Promise<unknown>[] = [];
  server.on("connection", (socket) => {
    numbers.set(socket, (connections += 1));
    closed.push(new Promise((resolve) => socket.on("close", resolve)));
  });

  async function receive(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    // A client that goes away in the middle has sent no request.
    const isWhole = await message
      .forEach((chunk: Buffer) => void chunks.push(chunk))
      .then(
        () => true,
        () => false,
      );
    if (!isWhole) return;
    const raw = Buffer.concat(chunks);
    const request: ReceivedRequest = {
      path: message.url ?? "",
      headers: message.headers,
      body: (message.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString("utf8"),
      connection: numbers.get(message.socket) ?? 0,
    };
    requests.push(request);
    const decided = answer(request);
    if (decided === "hang") return;
    if (decided === "reset") {
      message.socket.resetAndDestroy();
      return;
    }
    if (decided === "endless") {
      response.writeHead(200).write("begun");
      return;
    }
    if (decided === "flood") {
      const goOn = (): void => {
        while (response.write(flood));
      };
      response.on("drain", goOn).writeHead(200);
      goOn();
      return;
    }
    const { status, headers } = typeof decided === "number" ? { status: decided, headers: {} } : decided;
    if (status < 300) accepted.push(...request.body.split("\n").filter((line) => line !== ""));
    response.writeHead(status, headers).end("an answer\n");
  }

  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/ingest`),
    requests,
    acceptedLines: () => accepted,
    answerWith(next) {
      answer = next;
    },
    closeIdleConnections: () => server.closeIdleConnections(),
    async connectionsClosed() {
      await Promise.all(closed);
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
