import http from "node:http";
import https from "node:https";
import type { HttpClient, HttpRequest, HttpResponse } from "./http-client.ts";

/** More than any answer of the two services: ten parameters of 8 kB, a secret of 64 kB. */
const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * `HttpClient` over `node:http` and `node:https`, with connections kept alive.
 * Loaded lazily by its users: both modules together cost 10 ms at start.
 */
export function createNodeHttpClient(options: { readonly maxConnections: number }): HttpClient {
  const agentOptions = { keepAlive: true, maxSockets: options.maxConnections };
  const agents = { "http:": new http.Agent(agentOptions), "https:": new https.Agent(agentOptions) };

  return {
    send: (request, signal) => {
      const isPlain = request.url.protocol === "http:";
      return exchange(request, {
        transport: isPlain ? http : https,
        agent: agents[isPlain ? "http:" : "https:"],
        signal,
      });
    },
    dropConnections: () => {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}

function exchange(
  request: HttpRequest,
  over: { readonly transport: Pick<typeof http, "request">; readonly agent: http.Agent; readonly signal: AbortSignal },
): Promise<HttpResponse> {
  const { transport, agent, signal } = over;
  return new Promise((resolve, reject) => {
    const { method, url, headers } = request;
    const outgoing = transport.request(url, { method, headers, agent, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) incoming.destroy(new Error(`the answer is larger than ${maxAnswerBytes} bytes`));
      });
      incoming.on("error", reject);
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    outgoing.on("error", reject);
    outgoing.end(request.body);
  });
}
