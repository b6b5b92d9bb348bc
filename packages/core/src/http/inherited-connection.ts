import { fstatSync, writeSync } from "node:fs";
import type * as net from "node:net";
import { readInto } from "./read-into.ts";
import type { BytesListener } from "./read-into.ts";

/** A connection that another process opened and already used: the launcher's. */
export interface InheritedConnection {
  /** Writes to the descriptor itself. Errors: throws where it is no socket, or the peer is gone. */
  write(bytes: Uint8Array): void;
  toSocket(onBytes: BytesListener): net.Socket;
  /** What `socket.write` does, for the socket of this connection. */
  writeTo(socket: net.Socket, bytes: Uint8Array): void;
}

/**
 * Loading node:net and making a socket take 4 ms of a start of 35: the first request goes out without them, and they
 * are ready before its answer. The descriptor blocks until the socket takes it over, so what is written is written
 * whole.
 */
export function inheritConnection(fd: number, loadNet: () => Pick<typeof net, "Socket">): InheritedConnection {
  return {
    write(bytes) {
      if (!fstatSync(fd).isSocket()) throw new Error(`Descriptor ${fd} is no socket`);
      for (let sent = 0; sent < bytes.length;) sent += writeSync(fd, bytes, sent);
    },
    toSocket(onBytes) {
      const { Socket } = loadNet();
      return new Socket({ fd, readable: true, writable: true, onread: readInto(onBytes) });
    },
    // The descriptor is the socket's until it is destroyed. The first `socket.write` costs 0.5 ms of a start, and every
    // one some µs of an INVOKE.
    writeTo(socket, bytes) {
      const sent = socket.destroyed || socket.writableLength > 0 ? 0 : writeAtOnce(fd, bytes);
      if (sent < bytes.length) socket.write(bytes.subarray(sent));
    },
  };
}

/**
 * The number of bytes that the kernel took. It is full, or the peer is gone: the socket waits for the one and tells of
 * the other.
 */
function writeAtOnce(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch {
    return 0;
  }
}
