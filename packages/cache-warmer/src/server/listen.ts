import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { serveConnection } from "./connection.ts";
import type { RequestHandler } from "./connection.ts";

/** A server that listens. */
export interface ListeningServer {
  readonly port: number;
  /** Stops accepting and closes every connection; idempotent. */
  close(): Promise<void>;
}

/** Fewer than the 1,024 file descriptors of an execution environment. */
export const maxConnections = 900;

/**
 * Listens on 127.0.0.1, and nowhere else. Resolves when bound; rejects with the system's error, `EADDRINUSE` where the
 * port is taken. Idle connections are not closed, since a client that reuses one at that moment would see a reset,
 * unless there are too many: then the one goes that was silent longest.
 */
export function listen(port: number, handle: RequestHandler): Promise<ListeningServer> {
  /** Silent longest first. */
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    if (sockets.size >= maxConnections) letOneGo(sockets);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", () => {
      sockets.delete(socket);
      sockets.add(socket);
    });
    serveConnection(socket, handle);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    // Stays: a connection that cannot be accepted later, for want of descriptors, must not end the process.
    server.on("error", reject);
    server.listen(port, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port, close }));
  });
}

/** One that is not read from waits for its answer, and is passed over as long as there is another. */
function letOneGo(sockets: Set<Socket>): void {
  const all = [...sockets];
  const chosen = all.find((socket) => !socket.isPaused()) ?? all[0];
  if (chosen === undefined) return;
  sockets.delete(chosen);
  chosen.destroy();
}
