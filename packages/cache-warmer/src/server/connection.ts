import type { Socket } from "node:net";
import { parseRequest } from "./parse-request.ts";
import type { ParsedRequest, Request } from "./parse-request.ts";
import { encodeReply, textReply } from "./reply.ts";
import type { Reply } from "./reply.ts";

/** Answers a request, nearly always at once: then it returns no promise. Never rejects. */
export type RequestHandler = (request: Request) => Reply | Promise<Reply>;

/** How a reply is sent. `isHead`: without its body. */
interface Delivery {
  readonly keepAlive: boolean;
  readonly isHead?: boolean;
}

/**
 * Answers the requests of one connection, one after the other. It reads the next request when the client has taken the
 * answer to the last one: a client that sends and does not read costs no memory.
 */
export function serveConnection(socket: Socket, handle: RequestHandler): void {
  let received = "";
  /** Clients often send the same bytes again: the last request is not parsed twice. */
  let last: { readonly bytes: string; readonly parsed: ParsedRequest } = { bytes: "", parsed: { kind: "incomplete" } };
  let isBusy = false;
  let isEnded = false;
  let isClosing = false;

  socket.setEncoding("latin1");
  socket.on("data", (bytes: string) => {
    if (isClosing) return;
    received += bytes;
    if (!isBusy) answerAll();
  });
  socket.on("end", () => {
    isEnded = true;
    if (!isBusy) socket.end();
  });
  // A client may go away. Without a listener its error would end the process.
  socket.on("error", () => socket.destroy());

  function answerAll(): void {
    while (!isClosing) {
      const parsed = received === last.bytes ? last.parsed : parseRequest(received);
      if (parsed.kind === "incomplete") break;
      if (parsed.kind === "refused") {
        send(textReply(parsed.status, parsed.reason), { keepAlive: false });
        break;
      }
      if (received.length === parsed.length) last = { bytes: received, parsed };
      received = received.slice(parsed.length);
      const { request } = parsed;
      const how = { keepAlive: request.keepAlive && !request.hasBody, isHead: request.method === "HEAD" };
      const reply = handle(request);
      if (reply instanceof Promise) {
        void answerLater(reply, how);
        return;
      }
      send(reply, how);
      if (how.keepAlive && socket.writableNeedDrain) {
        stopReading();
        goOnWhenTaken();
        return;
      }
    }
    if (isEnded) socket.end();
  }

  async function answerLater(pending: Promise<Reply>, how: Delivery): Promise<void> {
    stopReading();
    send(await pending, how);
    goOnWhenTaken();
  }

  function stopReading(): void {
    isBusy = true;
    socket.pause();
  }

  function goOnWhenTaken(): void {
    if (socket.writableNeedDrain && !isClosing) return void socket.once("drain", goOnWhenTaken);
    isBusy = false;
    socket.resume();
    answerAll();
  }

  function send(reply: Reply, { keepAlive, isHead = false }: Delivery): void {
    if (socket.destroyed) return;
    const bytes = encodeReply(reply, keepAlive);
    socket.write(isHead ? bytes.subarray(0, bytes.length - reply.body.length) : bytes);
    if (keepAlive) return;
    isClosing = true;
    received = "";
    socket.end();
  }
}
