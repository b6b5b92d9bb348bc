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

/** At a time. An execution environment has 1,024 file descriptors, and not all are for connections. */
export const maxConnections = 900;

/**
 * Listens on 127.0.0.1, and nowhere else. Resolves when bound.
 * Errors: rejects with the system's error, `EADDRINUSE` if the port is taken.
 * No timer closes idle connections, since a client that reuses one at that moment would see a reset. If there are too
 * many, the one that was silent longest is closed.
 */
export function listen(port: number, handle: RequestHandler): Promise<ListeningServer> {
  /** The one that was silent longest comes first. */
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
    // The listener stays: if no descriptor is free for a later connection, the process must go on.
    server.on("error", reject);
    server.listen(port, "127.0.0.1", () => resolve({ port: (server.address() as AddressInfo).port, close }));
  });
}

/** A paused connection waits for its answer: it is chosen only if all are paused. */
function letOneGo(sockets: Set<Socket>): void {
  const all = [...sockets];
  const chosen = all.find((socket) => !socket.isPaused()) ?? all[0];
  if (chosen === undefined) return;
  sockets.delete(chosen);
  chosen.destroy();
}
