import type { Socket } from "node:net";

/** What the connections of a listener may use together. */
export interface ConnectionLimits {
  readonly maxConnections: number;
  /** Bytes of deliveries that are not acknowledged yet. */
  readonly maxHeldBytes: number;
}

/** See {@link createConnections}. */
export type Connections = ReturnType<typeof createConnections>;

/**
 * The open connections of a listener, and how many bytes each one holds. Past a limit it closes the connection from
 * which no byte came for the longest time: the platform repeats what was not acknowledged. It never closes the one that
 * has been open the longest: the platform connects as soon as the extension subscribes, and over TCP only then.
 */
export function createConnections({ maxConnections, maxHeldBytes }: ConnectionLimits, onClosed: () => void) {
  const open = new Set<Socket>();
  /** The quietest first. */
  const held = new Map<Socket, number>();
  let heldBytes = 0;

  function forget(socket: Socket): void {
    heldBytes -= held.get(socket) ?? 0;
    held.delete(socket);
    open.delete(socket);
  }

  function closeQuietest(isEnough: () => boolean, leastBytes: number): void {
    const [longestOpen] = open;
    for (const [socket, bytes] of held) {
      if (isEnough()) return;
      if (socket === longestOpen || bytes < leastBytes) continue;
      forget(socket);
      socket.destroy();
      onClosed();
    }
  }

  return {
    add(socket: Socket): void {
      open.add(socket);
      held.set(socket, 0);
      socket.on("close", () => forget(socket));
      closeQuietest(() => open.size <= maxConnections, 0);
    },
    /** Bytes came or were passed on: from now on the connection holds this many. */
    hold(socket: Socket, bytes: number): void {
      const before = held.get(socket);
      if (before === undefined) return;
      heldBytes += bytes - before;
      held.delete(socket);
      held.set(socket, bytes);
      closeQuietest(() => heldBytes <= maxHeldBytes, 1);
    },
    closeAll(): void {
      for (const socket of open) socket.destroy();
    },
  };
}
