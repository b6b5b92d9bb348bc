/** An answer of the server. */
export interface Reply {
  readonly status: number;
  readonly contentType: "application/json" | "text/plain; charset=utf-8";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A reply of plain text. */
export function textReply(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, contentType: "text/plain; charset=utf-8", headers, body: Buffer.from(text) };
}

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

/** The bytes of each reply that was encoded: a value that is read often is encoded once. */
const encodedReplies = new WeakMap<Reply, Buffer>();

/** The bytes of a reply, for one write: a second packet would cost more than the copy. */
export function encodeReply(reply: Reply, keepAlive: boolean): Buffer {
  if (!keepAlive) return encode(reply, keepAlive);
  const bytes = encodedReplies.get(reply) ?? encode(reply, keepAlive);
  encodedReplies.set(reply, bytes);
  return bytes;
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

/** A cause may hold text of AWS or of the network: a line end in it would begin another header. */
function toHeaderValue(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.replaceAll(/[^ -~]+/g, " ");
}
