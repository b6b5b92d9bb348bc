import type { Socket } from "node:net";
import { describeError } from "../describe-error.ts";
import { isLast } from "../http/http-head.ts";
import { HttpMessageReader } from "../http/http-message.ts";
import type { HttpMessage } from "../http/http-message.ts";
import type { DeliverySink } from "./intake.ts";

/** A delivery is at most 2 × maxBytes (1 MiB at most) and about 80 bytes for each of up to 10,000 items. */
const maxBodyBytes = 8 * 1024 * 1024;

const acknowledgement = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/**
 * Answers each delivery with 200 and then passes its body on, in order. Bad data gets the same answer: after 400 or
 * more the platform sends the same batch for ever. `hold` learns how many bytes are not acknowledged yet.
 */
export function serveHttpDeliveries(socket: Socket, sink: DeliverySink, hold: (bytes: number) => void): void {
  let reader: HttpMessageReader | undefined = new HttpMessageReader({
    reads: "request",
    maxBodyBytes,
    onHead(header) {
      if (header("expect")?.toLowerCase() === "100-continue") socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    },
  });
  let unanswered: HttpMessage[] = [];
  let turn = Promise.resolve();

  function holdAll(): void {
    hold(unanswered.reduce((bytes, { body }) => bytes + body.length, reader?.heldBytes ?? 0));
  }

  async function answer(): Promise<void> {
    await sink.room();
    const message = unanswered.shift();
    if (message === undefined || socket.destroyed) return;
    holdAll();
    // The platform reads each answer; the answers to a peer that reads none must not pile up.
    if (!socket.write(acknowledgement)) socket.destroy();
    else if (isLast(message)) socket.end();
    const { startLine, body, sentBytes } = message;
    if (sentBytes > body.length) {
      sink.onProblem(`a delivery of ${sentBytes} bytes, more than ${maxBodyBytes}, was thrown away`);
    } else if (!/^(?:POST|PUT) /.test(startLine)) {
      sink.onProblem(`${JSON.stringify(startLine.slice(0, 80))} is no delivery`);
    } else if (body.length > 0) sink.push(body);
  }

  socket.on("data", (bytes: Buffer) => {
    try {
      for (const message of reader?.push(bytes) ?? []) {
        unanswered.push(message);
        socket.pause();
        turn = turn.then(answer).then(() => void socket.resume());
      }
      holdAll();
    } catch (error) {
      sink.onProblem(describeError(error));
      socket.destroy();
    }
  });
  // An answer may wait for room for a long time: it must not keep the bytes of a closed connection.
  socket.on("close", () => {
    reader = undefined;
    unanswered = [];
  });
}
