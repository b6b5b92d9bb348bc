/** Set by the logger from the batch it sends; a configured value would contradict the body. */
const ownHeaders = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "host",
  "idempotency-key",
  "transfer-encoding",
]);

/**
 * Reads headers from a JSON object; names come back in lower case.
 * Errors: undefined for names and values HTTP forbids, and for headers the logger sets itself.
 */
export function toHeaders(object: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | undefined {
  const headers = Object.entries(object).map(([name, value]) => [name.toLowerCase(), value] as const);
  return headers.every(isHeader) ? Object.fromEntries(headers) : undefined;
}

/** Token and field value as in RFC 9110 §5.1 and §5.5. */
function isHeader(header: readonly [name: string, value: unknown]): header is readonly [string, string] {
  const [name, value] = header;
  const isValue = typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
  return isValue && /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && !ownHeaders.has(name);
}
