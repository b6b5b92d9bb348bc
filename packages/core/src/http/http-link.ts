import type { Socket } from "node:net";
import { errorCode, PlatformError } from "../errors.ts";
import { invalidHttp, isLast, statusOf } from "./http-head.ts";
import type { HeaderLookup } from "./http-head.ts";
import { HttpMessageReader } from "./http-message.ts";
import type { HttpMessage } from "./http-message.ts";
import type { BytesListener } from "./inherited-connection.ts";

/** An answer. `resent`: the idle connection was dead, so the request went out a second time. */
export interface HttpResponse {
  readonly status: number;
  readonly header: HeaderLookup;
  readonly body: Buffer;
  readonly resent: boolean;
}

/** How an exchange ends: one of the two is called, once. */
export interface HttpExchange {
  onResponse(response: HttpResponse): void;
  /** With the socket's code, `TimedOut`, `Closed` or `InvalidHttpMessage`. */
  onLost(cause: PlatformError): void;
}

/** The Runtime API's answers are small; a larger one is not from it. */
const maxAnswerBytes = 8 * 1024 * 1024;

/** See {@link createHttpLink}. */
export type HttpLink = ReturnType<typeof createHttpLink>;

/** A socket with one exchange at a time. Any error of the socket ends the exchange, and the link. */
export function createHttpLink(
  connect: (onBytes: BytesListener) => Socket,
  write: (socket: Socket, bytes: Buffer) => void = (to, bytes) => void to.write(bytes),
) {
  const socket = connect(onBytes);
  const reader = new HttpMessageReader({ reads: "response", maxBodyBytes: maxAnswerBytes });
  let current: HttpExchange | undefined;
  let alive = true;
  let answerStarted = false;

  function fail(cause: PlatformError): void {
    alive = false;
    socket.destroy();
    const lost = current;
    current = undefined;
    lost?.onLost(cause);
  }

  /** Calls `onResponse` last: the next request may go out before it returns. */
  function deliver(messages: readonly HttpMessage[]): void {
    const finals = messages.filter(({ startLine }) => statusOf(startLine) >= 200);
    const [message] = finals;
    const answered = current;
    if (message === undefined || answered === undefined) return;
    const response = toResponse(message);
    if (isLast(message)) alive = false;
    if (finals.length > 1) socket.destroy();
    current = undefined;
    answered.onResponse(response);
  }

  function onBytes(bytes: Buffer): void {
    answerStarted = true;
    orFail(() => {
      if (current === undefined) throw invalidHttp("an answer without a request");
      deliver(reader.push(bytes));
    });
  }

  function orFail(work: () => void): void {
    try {
      work();
    } catch (error) {
      fail(toPlatformError(error));
    }
  }

  socket.setNoDelay(true);
  socket.on("end", () => {
    alive = false;
    orFail(() => {
      const last = reader.end();
      if (last !== undefined) deliver([last]);
      throw closed();
    });
  });
  socket.on("error", (error) => fail(toPlatformError(error)));
  socket.on("close", () => fail(closed()));

  return {
    /** `bytes` is undefined if they are sent already. */
    start(bytes: Buffer | undefined, exchange: HttpExchange): void {
      if (current !== undefined) throw new Error("BUG: two requests at once on one connection");
      current = exchange;
      answerStarted = false;
      if (bytes !== undefined) write(socket, bytes);
    },
    isAlive: () => alive && !socket.destroyed,
    hasAnswerStarted: () => answerStarted,
    fail,
    close: () => fail(new PlatformError("The connection was closed", { code: "Closed" })),
  };
}

function toResponse({ startLine, header, body, sentBytes }: HttpMessage): HttpResponse {
  if (sentBytes > body.length) throw invalidHttp(`an answer of more than ${maxAnswerBytes} bytes`);
  return { status: statusOf(startLine), header, body, resent: false };
}

function closed(): PlatformError {
  return new PlatformError("The connection was closed without an answer", { code: "ECONNRESET" });
}

function toPlatformError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const code = errorCode(error) ?? "Unknown";
  // An AggregateError of several addresses tried has no message of its own.
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  return new PlatformError(message, { code, cause: error });
}
