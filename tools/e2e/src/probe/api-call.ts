import { request } from "node:http";

/** A request to the Runtime or Extensions API. */
export interface ApiCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The answer, or word that the connection closed without one. */
export type ApiAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: "closed" };

/** A call on the way. */
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
  const answer = new Promise<ApiAnswer>((resolve) => {
    outgoing.once("error", () => resolve({ kind: "closed" }));
    outgoing.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => void chunks.push(chunk));
      response.once("error", () => resolve({ kind: "closed" }));
      response.once("end", () =>
        resolve({
          kind: "answer",
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
  });
  outgoing.end(body);
  return { answer, abort: () => void outgoing.destroy() };
}
