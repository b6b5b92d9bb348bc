import type { Reply } from "./request.ts";

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  414: "URI Too Long",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
};

/** What a reply was encoded to: a value that is read often is sent as the same bytes. */
const encodedReplies = new WeakMap<Reply, Buffer>();

/** A reply as the bytes of one write: a second packet would cost more than the copy. */
export function encodeReply(reply: Reply, keepAlive: boolean): Buffer {
  if (!keepAlive) return encode(reply, keepAlive);
  const encoded = encodedReplies.get(reply) ?? encode(reply, keepAlive);
  encodedReplies.set(reply, encoded);
  return encoded;
}

function encode(reply: Reply, keepAlive: boolean): Buffer {
  const { status, contentType, headers, body } = reply;
  let head = `HTTP/1.1 ${status} ${reasons[status] ?? ""}\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n`;
  for (const name in headers) head += `${name}: ${toHeaderValue(headers[name] ?? "")}\r\n`;
  head += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, "latin1");
  body.copy(bytes, head.length);
  return bytes;
}

/** Causes come from elsewhere: a line end in one would begin a header of its own. */
function toHeaderValue(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.replaceAll(/[^ -~]+/g, " ");
}
