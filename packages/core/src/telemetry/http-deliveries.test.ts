import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { serveHttpDeliveries } from "./http-deliveries.ts";

const delivery = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]";

/** A connection; its peer reads what is written to it, or nothing. */
function connection(peer: "reads" | "reads nothing"): Duplex {
  return new Duplex({
    writableHighWaterMark: 16 * 1024,
    read() {},
    write: (_bytes, _encoding, done) => (peer === "reads" ? done() : undefined),
  });
}

test.each([
  ["reads", 2000],
  ["reads nothing", 432],
] as const)("a peer that %s gets %i of 2,000 answers", async (peer, answered) => {
  const taken: Buffer[] = [];
  const sink = { room: () => Promise.resolve(), push: (body: Buffer) => void taken.push(body), onProblem: () => {} };
  const socket = connection(peer);
  serveHttpDeliveries(socket as Socket, sink, () => {});
  socket.push(delivery.repeat(2000));
  while (taken.length < 2000 && !socket.destroyed) await setImmediate();
  expect(taken).toHaveLength(answered);
  expect(socket.destroyed).toBe(peer === "reads nothing");
});
