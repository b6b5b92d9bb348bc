import type * as http from "node:http";
import { builtinModule } from "@lambda-extension/core";

/** A request with its whole body. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<http.OutgoingHttpHeaders>;
  readonly body: string;
}

/** An answer with its whole body. */
export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends one request. Errors: rejects if no complete answer comes, also when the signal aborts. */
export interface HttpClient {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  /** Closes idle connections: after a freeze the other end has forgotten them. */
  dropConnections(): void;
}

/** More than any answer of the two services: ten parameters of 8 kB, a secret of 64 kB. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** A function that sends requests, and the connections that it keeps. */
interface Transport {
  readonly request: typeof http.request;
  readonly agent: http.Agent;
}

/**
 * `HttpClient` over `node:http` and `node:https`, with connections kept alive. Each of the two is loaded with its first
 * request: together they take 10 ms, which an extension without requests does not pay.
 */
export function createHttpClient(options: { readonly maxConnections: number }): HttpClient {
  const transports = new Map<string, Transport>();

  function transportFor({ protocol }: URL): Transport {
    const present = transports.get(protocol);
    if (present !== undefined) return present;
    const { Agent, request } = protocol === "http:" ? builtinModule("node:http") : builtinModule("node:https");
    const transport = { request, agent: new Agent({ keepAlive: true, maxSockets: options.maxConnections }) };
    transports.set(protocol, transport);
    return transport;
  }

  return {
    send: async (request, signal) => exchange(request, { ...transportFor(request.url), signal }),
    dropConnections() {
      for (const { agent } of transports.values()) agent.destroy();
    },
  };
}

function exchange(request: HttpRequest, over: Transport & { readonly signal: AbortSignal }): Promise<HttpResponse> {
  const { agent, signal } = over;
  return new Promise((resolve, reject) => {
    const { method, url, headers } = request;
    const outgoing = over.request(url, { method, headers, agent, signal }, (incoming) => {
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
