import { crc32 } from "node:zlib";

/** The type of a header whose value is text. */
const textType = 7;

/**
 * One message of `application/vnd.amazon.eventstream`: lengths and their checksum, headers, payload, checksum of all.
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function encodeMessage(headers: Readonly<Record<string, string>>, payload: Uint8Array): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32BE(16 + head.length + payload.length, 0);
  lengths.writeUInt32BE(head.length, 4);
  const message = Buffer.concat([lengths, checksum(lengths), head, payload]);
  return Buffer.concat([message, checksum(message)]);
}

function encodeHeader(name: string, value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([textType]),
    length,
    bytes,
  ]);
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
