import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRequest } from "./parse-request.ts";

const parse = (text: string) => parseRequest(text.replaceAll("\n", "\r\n"));
const requestOf = (text: string) => {
  const parsed = parse(text);
  if (parsed.kind !== "request") throw new Error(JSON.stringify(parsed));
  return parsed.request;
};

describe("parseRequest", () => {
  test("takes one request, and leaves the next in the bytes", () => {
    const parsed = parse("GET /a?b=c HTTP/1.1\nHost: x\nX-Token:  t \n\nGET /");
    expect(parsed).toMatchObject({ kind: "request", length: "GET /a?b=c HTTP/1.1##Host: x##X-Token:  t ####".length });
    expect(parsed).toMatchObject({
      request: { method: "GET", path: "/a", query: "b=c", keepAlive: true, hasBody: false },
    });
    expect(parsed.kind === "request" && Object.fromEntries(parsed.request.headers)).toEqual({
      host: "x",
      "x-token": "t",
    });
  });

  test.each([
    ["/a/b?c=/d//e", "/a/b", "c=/d//e"],
    ["//a///b", "/a/b", ""],
    ["/a/b/", "/a/b", ""],
    ["/", "/", ""],
    ["http://localhost:2773/a?b", "/a", "b"],
    ["HTTP://localhost:2773//a/?b", "/a", "b"],
    ["http://localhost?b", "/", "b"],
    ["/a?b?c", "/a", "b?c"],
  ])("reads the target %s", (target, path, query) => {
    expect(requestOf(`GET ${target} HTTP/1.1\n\n`)).toMatchObject({ path, query });
  });

  test.each([
    ["1.1", "", true],
    ["1.1", "Connection: close\n", false],
    ["1.1", "Connection: foo, Close\n", false],
    ["1.0", "", false],
    ["1.0", "Connection: Keep-Alive\n", true],
  ])("HTTP/%s with %j stays open: %s", (version, header, keepAlive) => {
    expect(requestOf(`GET / HTTP/${version}\n${header}\n`).keepAlive).toBe(keepAlive);
  });

  test.each([
    ["Content-Length: 0\n", false],
    ["Content-Length: 2\n", true],
    ["Transfer-Encoding: chunked\n", true],
  ])("sees a body in %j: %s", (header, hasBody) => {
    expect(requestOf(`POST / HTTP/1.1\n${header}\n`).hasBody).toBe(hasBody);
  });

  test("joins headers of one name, so that no header hides another", () => {
    expect(requestOf("GET / HTTP/1.1\nA: 1\na: 2\n\n").headers.get("a")).toBe("1, 2");
  });

  test.each([
    ["GET /\n\n", 400],
    ["GET / HTTP/2.0\n\n", 400],
    ["GET  / HTTP/1.1\n\n", 400],
    ["GET /a b HTTP/1.1\n\n", 400],
    ["GET /\u00e9 HTTP/1.1\n\n", 400],
    ["PRI * HTTP/2.0\n\n", 400],
    ["\u0016\u0003\u0001\n\n", 400],
    ["GET / HTTP/1.1\nA: 1\n folded\n\n", 400],
    ["GET / HTTP/1.1\nA : 1\n\n", 400],
    ["GET / HTTP/1.1\n: 1\n\n", 400],
    ["GET / HTTP/1.1\nnone\n\n", 400],
    ["GET / HTTP/1.1\nA: \0\n\n", 400],
    ["GET / HTTP/1.1\nContent-Length: x\n\n", 400],
    ["GET / HTTP/1.1\nContent-Length: -1\n\n", 400],
    ["GET / HTTP/1.1\nContent-Length: 1\nContent-Length: 1\n\n", 400],
    ["GET / HTTP/1.1\nContent-Length: 1\nTransfer-Encoding: chunked\n\n", 400],
  ])("refuses %j with %i", (text, status) => {
    expect(parse(text)).toMatchObject({ kind: "refused", status });
  });

  test.each(["\u0016\u0003\u0001", "\n", "\r\n\r", " ", "\0"])(
    "refuses %j without waiting for more: a client that speaks TLS would wait for us",
    (text) => {
      expect(parseRequest(text)).toMatchObject({ kind: "refused", status: 400 });
    },
  );

  test.each(["", "\r", "\r\n", "\r\nG"])("waits for more after %j", (text) => {
    expect(parseRequest(text)).toEqual({ kind: "incomplete" });
  });

  test.each([
    ["a long request line", 414, `GET /${"a".repeat(9000)} HTTP/1.1\n\n`],
    ["a long request line that has not ended", 414, `GET /${"a".repeat(9000)}`],
    ["a long header", 431, `GET / HTTP/1.1\nA: ${"a".repeat(17_000)}\n\n`],
    ["a long header that has not ended", 431, `GET / HTTP/1.1\nA: ${"a".repeat(17_000)}`],
    ["many headers", 431, `GET / HTTP/1.1\n${"A: 1\n".repeat(65)}\n`],
  ])("refuses %s with %i", (_what, status, text) => {
    expect(parse(text)).toMatchObject({ kind: "refused", status });
  });

  test.each([
    "GET / HTTP/1.1\nA: 1\r\n\r\n\r\n",
    "GET / HTTP/1.1\r\nA: 1\rB: 2\r\n\r\n",
    "GET / HTTP/1.1\r\nA: 1\nB: 2\r\n\r\n",
  ])("refuses half of a line end in %j", (text) => {
    expect(parseRequest(text)).toMatchObject({ kind: "refused", status: 400 });
  });

  test("forgives one empty line before a request", () => {
    expect(parse("\nGET / HTTP/1.1\n\n")).toMatchObject({ kind: "request", length: 20 });
  });

  test("judges a request the same however it is cut, and never throws", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "GET / HTTP/1.1",
        "GET /a?b=c HTTP/1.0",
        "\r\n",
        "\r\n\r\n",
        "\n",
        "\r",
        "A: 1",
        "Content-Length: 3",
        " ",
        ":",
        "\0",
      ),
      fc.string({ unit: "binary", maxLength: 8 }).map((text) => Buffer.from(text).toString("latin1")),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const whole = pieces.join("");
        const verdict = parseRequest(whole);
        const verdicts = Array.from({ length: whole.length }, (_, cut) => parseRequest(whole.slice(0, cut)));
        // The first decision is the decision on the whole.
        expect(verdicts.find(({ kind }) => kind !== "incomplete") ?? verdict).toEqual(verdict);
      }),
    );
  });
});
