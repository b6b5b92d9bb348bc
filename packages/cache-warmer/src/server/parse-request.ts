import type { Request } from "./request.ts";

/** What the bytes that came so far hold. */
export type ParsedRequest =
  | { readonly kind: "request"; readonly request: Request; /** Bytes that belong to it. */ readonly length: number }
  | { readonly kind: "incomplete" }
  /** Not to be answered but by this status, after which the connection must close. */
  | { readonly kind: "refused"; readonly status: 400 | 414 | 431; readonly reason: string };

const maxRequestLineBytes = 8 * 1024;
const maxHeadBytes = 16 * 1024;
const maxHeaders = 64;

/** With a letter, after one empty line at most; or nothing of it is there yet. */
const beginsAsRequest = /^(?:\r\n)?[A-Za-z]|^(?:\r\n?)?$/;
const notARequestLine = "the first line is no request line of HTTP/1.0 or HTTP/1.1";
const requestLine = /^([A-Za-z]{1,20}) ([!-~]+) HTTP\/1\.([01])$/;
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A NUL, or half of a line end, by which one reader sees two requests where another sees one. */
const strayControl = /\0|\r(?!\n)|(?<!\r)\n/;

/**
 * Takes the first request out of what a connection received.
 * Shape: `received` holds one character per byte (latin1). Never throws.
 * Source: RFC 9112; what it leaves to the reader's mercy is refused.
 */
export function parseRequest(received: string): ParsedRequest {
  const start = startOf(received);
  if (!beginsAsRequest.test(received)) return refuse(400, notARequestLine);
  const end = received.indexOf("\r\n\r\n", start);
  if (end === -1) return judgeIncomplete(received, start);
  if (end - start > maxHeadBytes) return refuse(431, "the headers are larger than 16 kB");
  const head = received.slice(start, end);
  if (strayControl.test(head)) return refuse(400, "a stray control character in the headers");
  const [firstLine = "", ...lines] = head.split("\r\n");
  if (firstLine.length > maxRequestLineBytes) return refuse(414, "the request line is longer than 8 kB");
  const [, method, target, minor] = requestLine.exec(firstLine) ?? [];
  if (method === undefined || target === undefined) return refuse(400, notARequestLine);
  if (lines.length > maxHeaders) return refuse(431, "there are more than 64 headers");
  const headers = parseHeaders(lines);
  if (headers === undefined) return refuse(400, "a header line is malformed");
  const contentLength = headers.get("content-length") ?? "0";
  if (!/^\d{1,15}$/.test(contentLength)) return refuse(400, "Content-Length is no number");
  if (headers.has("transfer-encoding") && headers.has("content-length")) {
    return refuse(400, "both Transfer-Encoding and Content-Length");
  }
  const request = {
    method,
    ...splitTarget(target),
    headers,
    keepAlive: keepsAlive(minor, headers.get("connection")),
    hasBody: headers.has("transfer-encoding") || Number(contentLength) > 0,
  };
  return { kind: "request", request, length: end + 4 };
}

/** One empty line before a request is allowed, since some clients end a body with one. */
function startOf(received: string): number {
  return received.startsWith("\r\n") ? 2 : 0;
}

function judgeIncomplete(received: string, start: number): ParsedRequest {
  const hasRequestLine = received.includes("\r\n", start);
  if (!hasRequestLine && received.length > maxRequestLineBytes) {
    return refuse(414, "the request line is longer than 8 kB");
  }
  if (received.length > maxHeadBytes) return refuse(431, "the headers are larger than 16 kB");
  return { kind: "incomplete" };
}

function refuse(status: 400 | 414 | 431, reason: string): ParsedRequest {
  return { kind: "refused", status, reason };
}

/** A folded line begins with a space, and so has no name: refused with the malformed ones. */
function parseHeaders(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    if (colon === -1 || !headerName.test(name)) return undefined;
    const key = name.toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function keepsAlive(minor: string | undefined, connection: string | undefined): boolean {
  if (connection === undefined) return minor === "1";
  const options = connection
    .toLowerCase()
    .split(",")
    .map((option) => option.trim());
  return minor === "1" ? !options.includes("close") : options.includes("keep-alive");
}

/** Also the absolute form that proxies' clients send, and doubled slashes of clients that join paths carelessly. */
function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const local = /^https?:\/\//i.test(target) ? target.replace(/^https?:\/\/[^/?]*/i, "") : target;
  const mark = local.indexOf("?");
  const path = mark === -1 ? local : local.slice(0, mark);
  return {
    path: `/${path}`.replaceAll(/\/{2,}/g, "/").replace(/(.)\/$/, "$1"),
    query: mark === -1 ? "" : local.slice(mark + 1),
  };
}
