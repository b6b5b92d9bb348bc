import { appendPiece } from "./append-piece.ts";
import { invalidHttp, parseHttpHead, statusOf } from "./http-head.ts";
import type { HeaderLookup, HttpHead } from "./http-head.ts";

/** One HTTP/1.1 message. Units: bytes. */
export interface HttpMessage extends HttpHead {
  readonly body: Buffer;
  /** The length of the body as sent: more than `body` has if it exceeded `maxBodyBytes` and was thrown away. */
  readonly sentBytes: number;
}

/** What a reader accepts. Units: bytes. */
export interface HttpReaderOptions {
  /** A `response` without a length lasts until the connection ends; a `request` without one has no body. */
  readonly reads: "request" | "response";
  readonly maxBodyBytes: number;
  /** Called when a head is complete, before its body: the moment to answer `Expect: 100-continue`. */
  onHead?(header: HeaderLookup): void;
}

/**
 * An AWS API never sends heads near this; a peer that does is broken. A head is searched again whenever a piece of it
 * comes.
 */
export const maxHeadBytes = 64 * 1024;
const maxChunkLineBytes = 1024;
const noBytes = Buffer.alloc(0);

type State =
  | { readonly kind: "head" }
  | { readonly kind: "length"; left: number }
  | { readonly kind: "chunk-size" }
  | { readonly kind: "chunk-data"; left: number }
  | { readonly kind: "chunk-end" }
  | { readonly kind: "trailers"; bytes: number }
  | { readonly kind: "until-end" };

/**
 * Reads HTTP/1.1 messages from a byte stream that may be cut anywhere. Strict about the form of
 * messages: one mistake makes every later byte wrong.
 * Errors: `PlatformError` with code `InvalidHttpMessage`; the stream is of no use afterwards.
 * Source: https://www.rfc-editor.org/rfc/rfc9112
 */
export class HttpMessageReader {
  readonly #options: HttpReaderOptions;
  #state: State = { kind: "head" };
  #pending: Buffer = noBytes;
  #head: HttpHead = { startLine: "", header: () => undefined };
  #body: Buffer[] = [];
  #sentBytes = 0;

  constructor(options: HttpReaderOptions) {
    this.#options = options;
  }

  /** The bytes kept of a message that is not complete. */
  get heldBytes(): number {
    return this.#pending.length + (this.#sentBytes > this.#options.maxBodyBytes ? 0 : this.#sentBytes);
  }

  /** Takes the next bytes; returns the messages they complete, usually none or one. */
  push(bytes: Buffer): HttpMessage[] {
    const messages: HttpMessage[] = [];
    let rest = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    this.#pending = noBytes;
    while (rest.length > 0) {
      const taken = this.#take(rest, messages);
      if (taken === undefined) break;
      rest = after(rest, taken);
    }
    this.#pending = rest;
    return messages;
  }

  /** The connection ended: returns the response that lasted until now, if one did. */
  end(): HttpMessage | undefined {
    if (this.#state.kind === "until-end") return this.#finish();
    if (this.#state.kind === "head" && this.#pending.length === 0) return undefined;
    throw invalidHttp("the connection ended inside a message");
  }

  /** Returns how many bytes of `rest` the present state takes; undefined if it needs more. `rest` is not empty. */
  #take(rest: Buffer, messages: HttpMessage[]): number | undefined {
    const state = this.#state;
    switch (state.kind) {
      case "head": {
        // Searches the text: a search in the bytes is one more call out of V8, 3 µs for each event.
        const text = rest.toString("latin1", 0, maxHeadBytes + 4);
        const end = text.indexOf("\r\n\r\n");
        if (end < 0 && rest.length > maxHeadBytes) throw invalidHttp("a head of more than 64 KiB");
        if (end < 0) return undefined;
        this.#startBody(parseHttpHead(text.slice(0, end), this.#options.reads), messages);
        return end + 4;
      }
      case "length":
      case "chunk-data": {
        const size = Math.min(state.left, rest.length);
        this.#keep(size === rest.length ? rest : rest.subarray(0, size));
        state.left -= size;
        if (state.left === 0 && state.kind === "length") messages.push(this.#finish());
        else if (state.left === 0) this.#state = { kind: "chunk-end" };
        return size;
      }
      case "chunk-size": {
        const end = lineEnd(rest, maxChunkLineBytes);
        if (end === undefined) return undefined;
        const size = parseChunkSize(rest.toString("latin1", 0, end));
        this.#state = size === 0 ? { kind: "trailers", bytes: 0 } : { kind: "chunk-data", left: size };
        return end + 2;
      }
      case "chunk-end": {
        if (rest.length < 2) return undefined;
        if (rest[0] !== 13 || rest[1] !== 10) throw invalidHttp("a chunk without its line end");
        this.#state = { kind: "chunk-size" };
        return 2;
      }
      case "trailers": {
        const end = lineEnd(rest, maxHeadBytes - state.bytes);
        if (end === undefined) return undefined;
        state.bytes += end + 2;
        if (end === 0) messages.push(this.#finish());
        return end + 2;
      }
      case "until-end":
        break;
    }
    this.#keep(rest);
    return rest.length;
  }

  #startBody(head: HttpHead, messages: HttpMessage[]): void {
    this.#head = head;
    this.#state = bodyState(head, this.#options.reads);
    this.#options.onHead?.(head.header);
    if (this.#state.kind === "length" && this.#state.left === 0) messages.push(this.#finish());
  }

  #keep(bytes: Buffer): void {
    this.#sentBytes += bytes.length;
    if (this.#sentBytes <= this.#options.maxBodyBytes) appendPiece(this.#body, bytes);
    else this.#body = [];
  }

  #finish(): HttpMessage {
    const [first = noBytes, ...more] = this.#body;
    const body = more.length === 0 ? first : Buffer.concat(this.#body);
    const { startLine, header } = this.#head;
    const message = { startLine, header, body, sentBytes: this.#sentBytes };
    this.#state = { kind: "head" };
    this.#body = [];
    this.#sentBytes = 0;
    return message;
  }
}

function bodyState(head: HttpHead, reads: "request" | "response"): State {
  const coding = head.header("transfer-encoding");
  const length = head.header("content-length");
  if (coding !== undefined && length !== undefined) throw invalidHttp("both Transfer-Encoding and Content-Length");
  const hasNone =
    reads === "response" ? isWithoutBody(statusOf(head.startLine)) : coding === undefined && length === undefined;
  if (hasNone) return { kind: "length", left: 0 };
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") throw invalidHttp(`Transfer-Encoding ${JSON.stringify(coding)}`);
    return { kind: "chunk-size" };
  }
  if (length === undefined) return { kind: "until-end" };
  if (!/^\d{1,15}$/.test(length)) throw invalidHttp(`Content-Length ${JSON.stringify(length)}`);
  return { kind: "length", left: Number(length) };
}

function isWithoutBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}

/** A view into a buffer costs more than all other work here for an event of usual size: no view for an empty rest. */
function after(bytes: Buffer, taken: number): Buffer {
  return taken === bytes.length ? noBytes : bytes.subarray(taken);
}

function lineEnd(rest: Buffer, maxBytes: number): number | undefined {
  const end = rest.indexOf("\r\n");
  if (end > maxBytes || (end < 0 && rest.length > maxBytes)) throw invalidHttp("a line that does not end");
  return end < 0 ? undefined : end;
}

function parseChunkSize(line: string): number {
  const [, digits] = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line) ?? [];
  if (digits === undefined) throw invalidHttp(`the chunk size ${JSON.stringify(line.slice(0, 40))}`);
  return Number.parseInt(digits, 16);
}
