import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** A request to the Runtime or Extensions API. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The answer, or `closed`: the connection closed without an answer. */
export type ApiAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: "closed" };

/** A call that was sent. */
export interface PendingCall {
  readonly answer: Promise<ApiAnswer>;
  /** Closes the connection. */
  abort(): void;
}

/** Sends a call on a connection of its own, exactly as it is given, and without a time limit. */
export function sendCall(runtimeApi: string, { method, path, headers = {}, body = "" }: ApiCall): PendingCall {
  const outgoing = request(`http://${runtimeApi}${path}`, {
    method,
    agent: false,
    headers: { ...headers, ...(method === "GET" ? {} : { "Content-Length": Buffer.byteLength(body) }) },
  });
  const answer = receive(once(outgoing, "response") as Promise<[IncomingMessage]>);
  outgoing.on("error", () => {}).end(body);
  return { answer, abort: () => void outgoing.destroy() };
}

async function receive(responding: Promise<[IncomingMessage]>): Promise<ApiAnswer> {
  try {
    const [response] = await responding;
    const headers = response.headers as Record<string, string>;
    return { kind: "answer", status: response.statusCode ?? 0, headers, body: await text(response) };
  } catch {
    return { kind: "closed" };
  }
}
