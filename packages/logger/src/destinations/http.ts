import type * as http from "node:http";
import { ageMs, builtinModule, now, wasFrozenBetween } from "@lambda-extension/core";
import type { Clock, Moment } from "@lambda-extension/core";
import type { Batch } from "../buffer/bounded-buffer.ts";
import { causeOf, toNdjson } from "./destination.ts";
import type { Destination, SendOutcome } from "./destination.ts";
import { toOutcome } from "./http-outcome.ts";

/** Header names are in lower case. Units: milliseconds. */
export interface HttpConfig {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none";
  readonly timeoutMs: number;
}

/** Servers close idle connections after as little as 5 s (Node's own default): an older one is not worth the try. */
const idleLimitMs = 4000;

/** No receiver of logs needs a longer answer. */
const maxAnswerBytes = 64 * 1024;

/** Per MB of lines, of the function's CPU: level 1 takes 6 ms (6.8 times smaller), level 6 takes 14 ms (8 times). */
const gzipLevel = 1;

/**
 * Posts batches of NDJSON over one kept connection. Each carries its key as `Idempotency-Key`, the same at every try.
 * The first batch loads `node:http`. A connection that was idle for long, or across a freeze, is not used again.
 */
export function createHttpDestination(config: HttpConfig, { clock }: { readonly clock: Clock }): Destination {
  const { url } = config;
  let agent: http.Agent | undefined;
  let lastUse: Moment = now(clock);
  let encoded: { readonly key: string; readonly body: Buffer } | undefined;

  async function encode(batch: Batch): Promise<Buffer> {
    if (encoded?.key !== batch.key) {
      const text = Buffer.from(toNdjson(batch));
      encoded = { key: batch.key, body: config.compression === "gzip" ? await gzip(text) : text };
    }
    return encoded.body;
  }

  function client(): Pick<typeof http, "Agent" | "request"> {
    return url.protocol === "https:" ? builtinModule("node:https") : builtinModule("node:http");
  }

  function connection(): http.Agent {
    const at = now(clock);
    const isSuspect = wasFrozenBetween(lastUse, at) || ageMs(lastUse, at) > idleLimitMs;
    lastUse = at;
    if (isSuspect) closeAgent();
    agent ??= new (client().Agent)({ keepAlive: true });
    return agent;
  }

  function closeAgent(): void {
    agent?.destroy();
    agent = undefined;
  }

  function post(batch: Batch, body: Buffer, signal: AbortSignal): Promise<SendOutcome> {
    const headers = {
      "content-type": "application/x-ndjson",
      "user-agent": "lambda-extension-logger",
      ...config.headers,
      ...(config.compression === "gzip" && { "content-encoding": "gzip" }),
      "content-length": String(body.length),
      "idempotency-key": batch.key,
    };
    return new Promise((resolve) => {
      const request = client().request(url, { method: "POST", headers, agent: connection(), signal });
      request.on("error", (error) => resolve({ kind: "retry", cause: causeOf(error) }));
      request.on("response", (response: http.IncomingMessage) => {
        readToTheEnd(response, config.timeoutMs);
        const status = response.statusCode ?? 0;
        resolve(toOutcome({ status, retryAfter: response.headers["retry-after"] }, clock.wallMs()));
        lastUse = now(clock);
      });
      request.end(body);
    });
  }

  return {
    name: `${url.protocol}//${url.host}`,
    async send(batch, deadline) {
      const body = await encode(batch);
      if (deadline.signal.aborted) return { kind: "retry", cause: "no time left" };
      const outcome = await post(batch, body, deadline.signal);
      if (outcome.kind !== "retry") encoded = undefined;
      return outcome;
    },
    async close() {
      encoded = undefined;
      closeAgent();
    },
  };
}

/** Reads the body only to use the connection again: the status is enough. A long or slow body costs the connection. */
function readToTheEnd(response: http.IncomingMessage, timeoutMs: number): void {
  const timer = setTimeout(() => response.destroy(), timeoutMs).unref();
  let bytes = 0;
  response.on("close", () => clearTimeout(timer));
  response.on("error", () => {});
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) response.destroy();
  });
}

function gzip(text: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    builtinModule("node:zlib").gzip(text, { level: gzipLevel }, (error, body) => {
      if (error === null) resolve(body);
      else reject(error);
    });
  });
}
