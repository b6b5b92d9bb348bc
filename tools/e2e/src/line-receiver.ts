import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { listen } from "./ports.ts";

/** A receiver of log lines over HTTP, like a customer's endpoint. */
export interface LineReceiver {
  /** `http://127.0.0.1:port/logs`. */
  readonly url: string;
  /** Every line of every batch, parsed, in the order of arrival. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly batches: () => number;
  close(): Promise<void>;
}

/** Starts a receiver of POSTed NDJSON, gzipped or not, on a free port. It answers a GET with all that it received. */
export async function startLineReceiver(): Promise<LineReceiver> {
  const lines: Record<string, unknown>[] = [];
  let batches = 0;
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === "GET") return void response.end(JSON.stringify(lines));
    const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
    const ndjson = await text(body);
    batches += 1;
    for (const line of ndjson.split("\n")) if (line !== "") lines.push(JSON.parse(line) as Record<string, unknown>);
    response.end();
  };
  const { port, close } = await listen(createServer((request, response) => void receive(request, response)));
  return { url: `http://127.0.0.1:${port}/logs`, lines, batches: () => batches, close };
}
