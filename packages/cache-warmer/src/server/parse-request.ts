/** A request without its body, which the server never reads; `hasBody` says that the headers announce one. */
export interface Request {
  readonly method: string;
  /** The path, without doubled slashes and without a slash at its end. */
  readonly path: string;
  /** The text behind the question mark, not decoded. */
  readonly query: string;
  /** By lower-case name; several headers of one name are joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether the connection stays open after the answer. */
  readonly keepAlive: boolean;
  readonly hasBody: boolean;
}

/** What a connection has received so far. */
export type ParsedRequest =
  | { readonly kind: "request"; readonly request: Request; /** In bytes. */ readonly length: number }
  | { readonly kind: "incomplete" }
  /** The connection must answer with this status, and then close. */
  | { readonly kind: "refused"; readonly status: 400 | 414 | 431; readonly reason: string };

const maxRequestLineBytes = 8 * 1024;
const maxHeadBytes = 16 * 1024;
const maxHeaders = 64;

/** A request begins with a letter, after one empty line at most. The start of that line, or nothing, may become one. */
const beginsAsRequest = /^(?:\r\n)?[A-Za-z]|^(?:\r\n?)?$/;
const notARequestLine = "the first line is no request line of HTTP/1.0 or HTTP/1.1";
const requestLine = /^([A-Za-z]{1,20}) ([!-~]+) HTTP\/1\.([01])$/;
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** A NUL, or half of a line end: two readers of such bytes may see different requests. */
const strayControl = /\0|\r(?!\n)|(?<!\r)\n/;

/**
 * Reads the first request of a connection. Never throws. `received` has one character for each byte (latin1).
 * Source: RFC 9112; if it lets a reader choose to refuse or to repair, this reader refuses.
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

/** Takes one empty line before a request, since some clients end a body with one. */
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

/** Returns undefined if a line is malformed. A folded line is: it begins with a space, so it has no name. */
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
  const options = connection.split(",").map((option) => option.trim().toLowerCase());
  return minor === "1" ? !options.includes("close") : options.includes("keep-alive");
}

/** Takes also the absolute form, which clients of proxies send, and doubled slashes, which careless clients send. */
function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const local = /^https?:\/\//i.test(target) ? target.replace(/^https?:\/\/[^/?]*/i, "") : target;
  const mark = local.indexOf("?");
  const path = mark === -1 ? local : local.slice(0, mark);
  return {
    path: `/${path}`.replaceAll(/\/{2,}/g, "/").replace(/(.)\/$/, "$1"),
    query: mark === -1 ? "" : local.slice(mark + 1),
  };
}
