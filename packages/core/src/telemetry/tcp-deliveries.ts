import type { Socket } from "node:net";
import { appendPiece } from "../http/append-piece.ts";
import type { DeliverySink } from "./intake.ts";

/** Far above the platform's longest line (256 KiB); a longer one is passed on in pieces, which decode as malformed. */
const maxLineBytes = 4 * 1024 * 1024;
const newline = 10;

/** Passes whole lines on; bytes after the last newline wait for the rest of their line. TCP has no acknowledgement. */
export function serveTcpDeliveries(socket: Socket, sink: DeliverySink, hold: (bytes: number) => void): void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  function flush(upTo: Buffer): void {
    const body = Buffer.concat([...pending, upTo]);
    forget();
    if (body.length > 0) sink.push(body);
  }

  function forget(): void {
    pending = [];
    pendingBytes = 0;
  }

  function take(bytes: Buffer): void {
    const end = bytes.lastIndexOf(newline) + 1;
    if (end > 0) flush(bytes.subarray(0, end));
    const rest = bytes.subarray(end);
    appendPiece(pending, rest);
    pendingBytes += rest.length;
    if (pendingBytes > maxLineBytes) flush(Buffer.alloc(0));
    hold(pendingBytes);
  }

  socket.on("data", (bytes: Buffer) => {
    hold(pendingBytes + bytes.length);
    socket.pause();
    // Room first: connections that come and go must not fill the intake past its limit.
    void sink.room().then(() => {
      if (socket.destroyed) return;
      take(bytes);
      socket.resume();
    });
  });
  socket.on("end", () => flush(Buffer.alloc(0)));
  socket.on("close", forget);
}
