import { fstatSync, writeSync } from "node:fs";
import type * as net from "node:net";

/** Takes the bytes of a socket as they come, and may keep them. */
export type BytesListener = (bytes: Buffer) => void;

/** A connection that another process opened and already used: the launcher's. */
export type InheritedConnection = ReturnType<typeof inheritConnection>;

const readBytes = 64 * 1024;

/**
 * Loading node:net and making a socket take 4 ms of a start of 35: the first request goes out without them, and they
 * are ready before its answer. The descriptor blocks until the socket takes it over, so each write is whole.
 */
export function inheritConnection(fd: number, loadNet: () => Pick<typeof net, "Socket">) {
  return {
    /** Writes to the descriptor itself. Errors: throws if it is no socket, or the peer is gone. */
    write(bytes: Uint8Array): void {
      if (!fstatSync(fd).isSocket()) throw new Error(`Descriptor ${fd} is no socket`);
      for (let sent = 0; sent < bytes.length;) sent += writeSync(fd, bytes, sent);
    },
    toSocket(onBytes: BytesListener): net.Socket {
      const { Socket } = loadNet();
      return new Socket({ fd, readable: true, writable: true, onread: readInto(onBytes) });
    },
    /**
     * Does what `socket.write` does, without its cost: 0.5 ms at the first write, some µs at every INVOKE. The
     * descriptor is the socket's until it is destroyed.
     */
    writeTo(socket: net.Socket, bytes: Uint8Array): void {
      const sent = socket.destroyed || socket.writableLength > 0 ? 0 : writeAtOnce(fd, bytes);
      if (sent < bytes.length) socket.write(bytes.subarray(sent));
    },
  };
}

/** Returns how many bytes the kernel took: 0 if its buffer is full or the peer is gone. The socket handles both. */
function writeAtOnce(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch {
    return 0;
  }
}

/**
 * The `onread` option of a socket: reads into one buffer instead of a new one each time, and past the stream's
 * machinery. That is 7 µs of the 57 an INVOKE costs. The bytes are copied out: an answer has hundreds of them.
 * Source: https://nodejs.org/api/net.html#new-netsocketoptions
 */
export function readInto(onBytes: BytesListener): net.OnReadOpts {
  return {
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback(length, buffer) {
      onBytes(Buffer.from(buffer.subarray(0, length)));
      return true;
    },
  };
}
