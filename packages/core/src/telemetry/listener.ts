import type { AddressInfo, Server } from "node:net";
import { errorCode } from "../errors.ts";
import type { TelemetryOptions } from "../extension-options.ts";
import { builtinModule } from "../host.ts";
import { createConnections } from "./connections.ts";
import { serveHttpDeliveries } from "./http-deliveries.ts";
import type { DeliverySink } from "./intake.ts";
import { serveTcpDeliveries } from "./tcp-deliveries.ts";

/** The platform has one connection. Lambda gives the processes of an environment 1,024 descriptors. */
const limits = { maxConnections: 64, maxHeldBytes: 16 * 1024 * 1024 };

/** See {@link startTelemetryListener}. */
export type TelemetryListener = Awaited<ReturnType<typeof startTelemetryListener>>;

/** What a listener needs. */
export interface ListenerOptions extends Required<Pick<TelemetryOptions, "protocol" | "port">> {
  /** Undefined stands for every address; so does one that this machine does not have. */
  readonly address: string | undefined;
  readonly sink: DeliverySink;
}

/**
 * Resolves when bound: from then on the extension may subscribe. Port 0 means any free port.
 * Errors: the system error of a bind that failed for another reason than a port in use.
 */
export async function startTelemetryListener({ sink, protocol, port, address }: ListenerOptions) {
  const connections = createConnections(limits, () => {
    sink.onProblem("too many connections or unfinished deliveries: the quietest are closed");
  });
  const serve = protocol === "HTTP" ? serveHttpDeliveries : serveTcpDeliveries;
  const server = builtinModule("node:net").createServer((socket) => {
    connections.add(socket);
    // If the connection breaks, the sender sends the delivery again: that needs no report.
    socket.on("error", () => socket.destroy());
    serve(socket, sink, (bytes) => connections.hold(socket, bytes));
  });
  // If no descriptor is free for a later connection, the process goes on.
  server.on("error", () => {});
  await bind(server, port, address);
  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    /** Takes no more deliveries; the platform keeps those that were not acknowledged. Idempotent. */
    close: (): Promise<void> =>
      (closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        connections.closeAll();
      })),
  };
}

async function bind(server: Server, port: number, address: string | undefined): Promise<void> {
  try {
    await listen(server, port, address);
  } catch (error) {
    const isInUse = errorCode(error) === "EADDRINUSE";
    if (isInUse ? port === 0 : address === undefined) throw error;
    await (isInUse ? bind(server, 0, address) : bind(server, port, undefined));
  }
}

/**
 * Any `listen` of a server loads the module `cluster`, 1 ms of every start, and for an address also the DNS client,
 * 4 ms more. `_listen2`, in which it ends, loads neither: docs/adr/0108-listen-on-one-address.md.
 */
function listen(server: Server & Listen2, port: number, address: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", resolve);
    if (address === undefined || server._listen2 === undefined) server.listen({ port, host: address });
    else server._listen2(address, port, 4, 511);
  });
}

/** Node.js has it and Bun does not. */
interface Listen2 {
  _listen2?(address: string, port: number, addressType: 4 | 6, backlog: number): void;
}
