import type { Socket } from "node:net";
import type { DeliverySink } from "./intake.ts";

/** Far above the platform's longest line (256 KiB); a longer one is passed on in pieces, which decode as malformed. */
const maxLineBytes = 4 * 1024 * 1024;
const newline = 10;

/** Passes whole lines on; bytes after the last newline wait for the rest of their line. TCP has no acknowledgement. */
export function serveTcpDeliveries(socket: Socket, sink: DeliverySink): void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  function flush(upTo: Buffer): void {
    const body = Buffer.concat([...pending, upTo]);
    pending = [];
    pendingBytes = 0;
    if (body.length > 0) sink.push(body);
  }

  socket.on("data", (bytes: Buffer) => {
    const end = bytes.lastIndexOf(newline) + 1;
    if (end > 0) flush(bytes.subarray(0, end));
    const rest = bytes.subarray(end);
    pending.push(rest);
    pendingBytes += rest.length;
    if (pendingBytes > maxLineBytes) flush(Buffer.alloc(0));
    socket.pause();
    void sink.room().then(() => socket.resume());
  });
  socket.on("end", () => flush(Buffer.alloc(0)));
}
