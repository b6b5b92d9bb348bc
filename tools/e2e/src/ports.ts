import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Below the ports that systems give to whoever asks for any: 32768 and up on Linux, 49152 and up elsewhere. */
const range = { first: 20_000, count: 12_000 } as const;
const given = new Set<number>();

/**
 * A free port of 127.0.0.1, for programs that cannot be told to take any. Nobody gets it by asking for any port
 * meanwhile, nor does this process give it twice.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = range.first + Math.floor(Math.random() * range.count);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** True where a server can listen at the port of 127.0.0.1. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
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

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
