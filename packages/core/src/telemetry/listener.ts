import type { AddressInfo, Server, Socket } from "node:net";
import { errorCode } from "../errors.ts";
import type { TelemetryOptions } from "../extension-options.ts";
import { builtinModule } from "../host.ts";
import { serveHttpDeliveries } from "./http-deliveries.ts";
import type { DeliverySink } from "./intake.ts";
import { serveTcpDeliveries } from "./tcp-deliveries.ts";

/**
 * Resolves when bound: from then on the extension may subscribe. Port 0 means any free port.
 * Errors: the system error of a bind that failed for another reason than a port in use.
 */
export async function startTelemetryListener(
  options: Required<Pick<TelemetryOptions, "protocol" | "port">> & { readonly sink: DeliverySink },
) {
  const sockets = new Set<Socket>();
  const serve = options.protocol === "HTTP" ? serveHttpDeliveries : serveTcpDeliveries;
  const server = builtinModule("node:net").createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // If the connection breaks, the sender sends the delivery again: that needs no report.
    socket.on("error", () => socket.destroy());
    serve(socket, options.sink);
  });
  const port = await bind(server, options.port);
  let closed: Promise<void> | undefined;
  return {
    port,
    /** Takes no more deliveries; the platform keeps those that were not acknowledged. Idempotent. */
    close(): Promise<void> {
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
    // The listener stays: if no descriptor is free for a later connection, the process goes on.
    server.on("error", reject);
    // No host means every address: `sandbox.localdomain` is not always a loopback address on Lambda. For a host, even
    // 0.0.0.0, Node would load its DNS client, a third of what a listener costs.
    server.listen({ port }, () => resolve((server.address() as AddressInfo).port));
  });
}
