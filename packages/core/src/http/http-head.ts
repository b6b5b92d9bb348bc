import { PlatformError } from "../errors.ts";

/** Looks a header up by its name in lower case; a repeated one is joined with ", ". */
export type HeaderLookup = (name: string) => string | undefined;

/** The first line of a message, and its headers. */
export interface HttpHead {
  readonly startLine: string;
  readonly header: HeaderLookup;
}

const startLines = {
  request: /^[A-Z]+ [\x21-\x7e]+ HTTP\/1\.[01]$/,
  response: /^HTTP\/1\.[01] \d{3}(?: [\t\x20-\x7e\x80-\xff]*)?$/,
};
const fieldLines = /^(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/**
 * Parses the lines before the empty one. Checks every line, and reads a value only when `header` is called: the loop
 * needs no more than the length of a poll's answer. Errors: `PlatformError` with code `InvalidHttpMessage`.
 */
export function parseHttpHead(text: string, reads: "request" | "response"): HttpHead {
  const [startLine = ""] = text.split("\r\n", 1);
  const fields = text.slice(startLine.length);
  if (!startLines[reads].test(startLine)) throw invalidHttp(`the first line ${JSON.stringify(startLine.slice(0, 80))}`);
  if (!fieldLines.test(fields)) throw invalidHttp("a malformed header line");
  const lowerCase = fields.toLowerCase();
  return { startLine, header: (name) => findValues(fields, lowerCase, `\r\n${name}:`) };
}

/** The status in the first line of a parsed response. */
export function statusOf(startLine: string): number {
  return Number(startLine.slice(9, 12));
}

/** True if the sender closes the connection after this message. */
export function isLast({ startLine, header }: HttpHead): boolean {
  return startLine.includes("HTTP/1.0") || header("connection")?.toLowerCase() === "close";
}

function findValues(fields: string, lowerCase: string, key: string): string | undefined {
  let found: string | undefined;
  for (let at = lowerCase.indexOf(key); at >= 0; at = lowerCase.indexOf(key, at + key.length)) {
    const end = fields.indexOf("\r\n", at + key.length);
    const value = fields.slice(at + key.length, end < 0 ? undefined : end).trim();
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

/** The error for bytes that break the protocol. */
export function invalidHttp(problem: string): PlatformError {
  return new PlatformError(`Not an HTTP/1.1 message: ${problem}`, { code: "InvalidHttpMessage" });
}
