import { Agent, request } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Batch } from "./batcher.ts";
import type { Destination } from "./subscription.ts";

/** What became of a batch. */
export type Sent = { readonly kind: "sent" } | { readonly kind: "failed"; readonly reason: string };

/** Delivers batches to one destination. */
export interface Sender {
  send(batch: Batch): Promise<Sent>;
  close(): void;
}

/** The listener lives in the environment, which shares this machine's loopback. */
const host = "127.0.0.1";

/** The bodies that carry a batch: one JSON array, unless a fault changes it. */
export type ToBodies = (events: readonly string[]) => readonly string[];

/** HTTP: one request with a JSON array. TCP: one event a line, over one connection. */
export function createSender(destination: Destination, toBodies: ToBodies): Sender {
  return destination.protocol === "HTTP" ? createHttpSender(destination, toBodies) : createTcpSender(destination.port);
}

function createHttpSender(
  { port, path, method }: Destination & { readonly protocol: "HTTP" },
  toBodies: ToBodies,
): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const attempt = (body: string, mayRepeat: boolean): Promise<Sent> =>
    new Promise((resolve) => {
      const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
      const outgoing = request({ host, port, path, method, headers, agent }, (response) => {
        const { statusCode = 0 } = response;
        response.resume();
        response.once("close", () =>
          resolve(statusCode < 300 ? { kind: "sent" } : { kind: "failed", reason: `HTTP ${statusCode}` }),
        );
      });
      outgoing.once("error", (error: NodeJS.ErrnoException) => {
        // The listener has closed an idle connection: that is no refusal of the batch.
        if (mayRepeat && outgoing.reusedSocket && error.code === "ECONNRESET") resolve(attempt(body, false));
        else resolve({ kind: "failed", reason: error.message });
      });
      outgoing.end(body);
    });
  return {
    async send(batch) {
      let outcome: Sent = { kind: "sent" };
      for (const body of toBodies(batch.events)) {
        const sent = await attempt(body, true);
        if (sent.kind === "failed") outcome = sent;
      }
      return outcome;
    },
    close: () => agent.destroy(),
  };
}

function createTcpSender(port: number): Sender {
  let socket: Socket | undefined;
  return {
    send: (batch) =>
      new Promise((resolve) => {
        if (socket === undefined || socket.destroyed) {
          socket = connect(port, host);
          socket.resume();
          socket.on("error", () => {});
        }
        const current = socket;
        const onClose = (): void => resolve({ kind: "failed", reason: `no connection to port ${port}` });
        current.once("close", onClose);
        current.write(`${batch.events.join("\n")}\n`, (error) => {
          current.off("close", onClose);
          resolve(error instanceof Error ? { kind: "failed", reason: error.message } : { kind: "sent" });
        });
      }),
    close: () => socket?.destroy(),
  };
}
