import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PlatformError } from "../errors.ts";
import { HttpMessageReader, maxHeadBytes } from "./http-message.ts";
import type { HttpMessage, HttpReaderOptions } from "./http-message.ts";

const options: HttpReaderOptions = { reads: "response", maxBodyBytes: 1024 * 1024 };

function read(
  bytes: string | Buffer,
  cuts: readonly number[] = [],
  given: Partial<HttpReaderOptions> = {},
): HttpMessage[] {
  const reader = new HttpMessageReader({ ...options, ...given });
  const whole = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  const edges = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  const messages = edges.slice(1).flatMap((edge, at) => reader.push(whole.subarray(edges[at], edge)));
  const last = reader.end();
  return last === undefined ? messages : [...messages, last];
}

const plain = (messages: readonly HttpMessage[]) =>
  messages.map(({ startLine, body, sentBytes }) => ({
    startLine,
    body: body.toString("latin1"),
    sentBytes,
  }));

describe("reads", () => {
  test.each([
    ["a body of a known length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"],
    ["an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""],
    [
      "a chunked body",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n",
      "hello",
    ],
    [
      "a chunked body with trailers",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
      "hello",
    ],
    ["a body until the connection ends", "HTTP/1.0 200 OK\r\n\r\nhello", "hello"],
    ["an answer that never has a body", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", ""],
  ])("%s", (_name, bytes, body) => {
    expect(plain(read(bytes)).map((message) => message.body)).toEqual([body]);
  });

  test("header names in any case, values trimmed, repeated ones joined", () => {
    const [message] = read("HTTP/1.1 200 OK\r\nX-A:  1 \r\nx-a: 2\r\ncontent-length: 0\r\n\r\n");
    expect(message?.header("x-a")).toBe("1, 2");
  });

  test("two messages that arrive together", () => {
    const bytes = "POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nAPOST /b HTTP/1.1\r\nContent-Length: 1\r\n\r\nB";
    expect(plain(read(bytes, [], { reads: "request" })).map(({ body }) => body)).toEqual(["A", "B"]);
  });

  test("a request without a length as one without a body", () => {
    expect(plain(read("GET / HTTP/1.1\r\nHost: a\r\n\r\n", [], { reads: "request" }))).toHaveLength(1);
  });

  test("a body over the limit by counting and dropping it, then the next message", () => {
    const bytes = `POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789POST /b HTTP/1.1\r\nContent-Length: 1\r\n\r\nB`;
    const messages = plain(read(bytes, [45, 48], { reads: "request", maxBodyBytes: 4 }));
    expect(messages.map(({ body, sentBytes }) => [body, sentBytes])).toEqual([
      ["", 10],
      ["B", 1],
    ]);
  });
});

describe("refuses", () => {
  test.each([
    ["a head that never ends", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(maxHeadBytes)}`],
    ["a head of more than 64 KiB", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(maxHeadBytes)}\r\n\r\n`],
    ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello"],
    ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"],
    ["both framings at once", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["another transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
    ["a chunk size that is no number", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["a chunk size that never ends", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${"x".repeat(2000)}`],
    ["a chunk longer than its size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n0\r\n\r\n"],
    ["a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"],
    ["a header without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n"],
    ["a bare line feed inside a header", "HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n"],
    ["a body that is cut short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"],
    ["a head that is cut short", "HTTP/1.1 200 OK\r\nContent-"],
  ])("%s", (_name, bytes) => {
    expect(() => read(bytes)).toThrowError(PlatformError);
  });
});

const token = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/)
  .filter((name) => !/^(content-length|transfer-encoding)$/i.test(name));
const value = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const message = fc.record({
  headers: fc.uniqueArray(fc.tuple(token, value), { maxLength: 5, selector: ([name]) => name.toLowerCase() }),
  chunks: fc.array(
    bytes.filter((chunk) => chunk.length > 0),
    { maxLength: 4 },
  ),
  isChunked: fc.boolean(),
});

function encode({ headers, chunks, isChunked }: typeof message extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const head = (framing: string) =>
    Buffer.from(
      `POST /x HTTP/1.1\r\n${headers.map(([n, v]) => `${n}: ${v}\r\n`).join("")}${framing}\r\n\r\n`,
      "latin1",
    );
  const body = Buffer.concat(chunks);
  if (!isChunked) return Buffer.concat([head(`Content-Length: ${body.length}`), body]);
  const framed = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from("\r\n"),
  ]);
  return Buffer.concat([head("Transfer-Encoding: chunked"), ...framed, Buffer.from("0\r\n\r\n")]);
}

test("reads the written messages, wherever the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(2000), { maxLength: 30 }),
      (sent, cuts) => {
        const received = read(Buffer.concat(sent.map(encode)), cuts, { reads: "request" });
        expect(received.map(({ body }) => body.toString("hex"))).toEqual(
          sent.map(({ chunks }) => Buffer.concat(chunks).toString("hex")),
        );
        received.forEach(({ header }, at) => {
          for (const [name, sentValue] of sent[at]?.headers ?? []) expect(header(name.toLowerCase())).toBe(sentValue);
        });
      },
    ),
    { numRuns: 1000 },
  );
});

test("reads the same byte by byte and at once", () => {
  fc.assert(
    fc.property(message, (sent) => {
      const whole = encode(sent);
      const cuts = [...whole.keys()];
      expect(plain(read(whole, cuts, { reads: "request" }))).toEqual(plain(read(whole, [], { reads: "request" })));
    }),
  );
});

test("either reads damaged bytes or refuses them with a PlatformError; nothing else happens", () => {
  const damage = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      message,
      damage,
      fc.array(fc.nat(2000), { maxLength: 10 }),
      fc.constantFrom("request", "response"),
      (sent, spots, cuts, reads) => {
        const whole = encode(sent);
        for (const [at, byte] of spots) whole[at % whole.length] = byte;
        expect(outcome(() => read(whole, cuts, { reads }))).toMatch(/^(read|PlatformError)$/);
      },
    ),
    { numRuns: 3000 },
  );
});

function outcome(work: () => unknown): string {
  try {
    work();
    return "read";
  } catch (error) {
    return error instanceof PlatformError ? "PlatformError" : String(error);
  }
}
