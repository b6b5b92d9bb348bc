import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Ports below those that a program gets if it asks for any: 32768 and up on Linux, 49152 and up elsewhere. Each worker
 * of the test runner has a part of its own.
 */
const count = 3000;
const first = 20_000 + count * (Number(process.env["VITEST_POOL_ID"] ?? 0) % 4);
const given = new Set<number>();

/** A server, TCP or HTTP, that listens on 127.0.0.1. */
export interface ListeningServer {
  readonly port: number;
  /** Ends the server and its connections; idempotent. */
  readonly close: () => Promise<void>;
}

/** Lets a server listen on 127.0.0.1; without `port` on any free port. Errors: rejects if the port is taken. */
export async function listen(server: Server, port = 0): Promise<ListeningServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server.close(), "close");
    },
  };
}

/**
 * A free port of 127.0.0.1, for programs that cannot be told to take any. No program gets this port by asking for any
 * port, and this process does not give it twice.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** True if a server can listen at the port of 127.0.0.1. */
async function isFree(port: number): Promise<boolean> {
  try {
    await (await listen(createServer(), port)).close();
    return true;
  } catch {
    return false;
  }
}

/** Resolves when something listens at the port of 127.0.0.1; rejects when `ended` resolves first. */
export async function untilListening(port: number, ended: Promise<void>): Promise<void> {
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  while (!(await isListening(port))) {
    if (hasEnded) throw new Error(`the process that should listen on port ${port} ended`);
    await delay(20);
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
