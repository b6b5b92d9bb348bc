import type { AddressInfo, Server, Socket } from "node:net";
import { errorCode } from "../errors.ts";
import { builtinModule } from "../host.ts";
import { serveHttpDeliveries } from "./http-deliveries.ts";
import type { DeliverySink } from "./intake.ts";
import { serveTcpDeliveries } from "./tcp-deliveries.ts";

/** A bound listener. */
export interface TelemetryListener {
  readonly port: number;
  /** Takes no more deliveries; what was not acknowledged is cut off and stays the platform's. Idempotent. */
  close(): Promise<void>;
}

/** How to listen. */
export interface TelemetryListenerOptions {
  readonly protocol: "HTTP" | "TCP";
  /** Taken where it is free, else any port is. 0: any free port. */
  readonly port: number;
  readonly sink: DeliverySink;
}

/**
 * Resolves when bound, the moment from which one may subscribe.
 * Errors: the system error of a bind that failed for another reason than a port in use.
 */
export async function startTelemetryListener(options: TelemetryListenerOptions): Promise<TelemetryListener> {
  const sockets = new Set<Socket>();
  const serve = options.protocol === "HTTP" ? serveHttpDeliveries : serveTcpDeliveries;
  const server = builtinModule("node:net").createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A sender that vanishes redelivers; there is nothing to tell.
    socket.on("error", () => socket.destroy());
    serve(socket, options.sink);
  });
  const port = await bind(server, options.port);
  let closed: Promise<void> | undefined;
  return {
    port,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      return closed;
    },
  };
}

async function bind(server: Server, port: number): Promise<number> {
  try {
    return await listen(server, port);
  } catch (error) {
    if (errorCode(error) === "EADDRINUSE" && port !== 0) return await listen(server, 0);
    throw error;
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    // Stays: a connection that cannot be accepted later, for want of descriptors, must not end the process.
    server.on("error", reject);
    // No host, which is every address: `sandbox.localdomain` is not always a loopback address on Lambda, and naming
    // one, even 0.0.0.0, would have Node load its DNS client, a third of what a listener costs.
    server.listen({ port }, () => resolve((server.address() as AddressInfo).port));
  });
}
