import { connect } from "node:net";
import type { Socket } from "node:net";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listen, maxConnections } from "./listen.ts";
import type { ListeningServer } from "./listen.ts";
import type { Request } from "./parse-request.ts";
import { textReply } from "./reply.ts";

/** Answers each path with the path itself; a path under `/later` only after `release`. */
let server: ListeningServer;
let release: () => void;
let asked: string[];

beforeEach(async () => {
  asked = [];
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  server = await listen(0, (request: Request) => {
    asked.push(request.path);
    const reply = textReply(200, request.path);
    return request.path.startsWith("/later") ? released.then(() => reply) : reply;
  });
});
afterEach(() => server.close());

/** Sends each piece as a packet. Resolves with all bytes that came until the server closed. */
function talk(pieces: readonly string[], options: { readonly end?: boolean } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      received += text;
    });
    socket.on("error", reject);
    socket.on("end", () => {
      socket.end();
      resolve(received);
    });
    void (async () => {
      for (const piece of pieces) await new Promise((sent) => socket.write(piece, "latin1", sent));
      if (options.end === true) socket.end();
    })();
  });
}

const bodiesOf = (received: string) =>
  received
    .split("\r\n\r\n")
    .slice(1)
    .map((part) => part.split("HTTP/1.1 ")[0]);

describe("a connection", () => {
  test("answers with exactly these bytes", async () => {
    expect(await talk(["GET /a HTTP/1.1\r\nConnection: close\r\n\r\n"])).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/a",
    );
  });

  test("answers HEAD without a body: a client would take the next answer for it", async () => {
    release();
    const received = await talk(["HEAD /1 HTTP/1.1\r\n\r\nHEAD /later HTTP/1.1\r\n\r\nGET /3 HTTP/1.0\r\n\r\n"]);
    expect(received).toContain("Content-Length: 2");
    expect(bodiesOf(received)).toEqual(["", "", "/3"]);
  });

  test("answers requests that arrive together in their order, also if the first takes longest", async () => {
    const pending = talk(["GET /later/1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.0\r\n\r\n"]);
    await expect.poll(() => asked).toEqual(["/later/1"]);
    release();
    expect(bodiesOf(await pending)).toEqual(["/later/1", "/2", "/3"]);
  });

  test("still answers a client that has closed its own side", async () => {
    const pending = talk(["GET /later HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"], { end: true });
    await expect.poll(() => asked).toEqual(["/later"]);
    release();
    expect(bodiesOf(await pending)).toEqual(["/later", "/2"]);
  });

  test("closes after a refused request, and does not read on", async () => {
    const received = await talk(["GET / HTTP/1.1\r\nbad\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"]);
    expect(received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*Connection: close\r\n\r\na header line is malformed$/);
    expect(asked).toEqual([]);
  });

  test("closes after a request with a body, which it does not read as another request", async () => {
    expect(bodiesOf(await talk(["POST /1 HTTP/1.1\r\nContent-Length: 21\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"]))).toEqual([
      "/1",
    ]);
    expect(asked).toEqual(["/1"]);
  });

  test("gives the same answers however the bytes are cut into packets", async () => {
    const bytes =
      "GET /1 HTTP/1.1\r\nA: 1\r\n\r\nGET /2?a=b HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n";
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 8 }),
        async (cuts) => {
          const ends = [...cuts.sort((a, b) => a - b), bytes.length];
          const pieces = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
          expect(bodiesOf(await talk(pieces))).toEqual(["/1", "/2", "/3"]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("stops while its client does not read, and goes on when it reads", async () => {
    await server.close();
    let answered = 0;
    const body = Buffer.alloc(512 * 1024);
    server = await listen(0, () => {
      answered += 1;
      return { status: 200, contentType: "application/json", body };
    });
    const requests = 100;
    const socket = connect(server.port, "127.0.0.1").pause();
    await new Promise((sent) => socket.write("GET /a HTTP/1.1\r\n\r\n".repeat(requests), sent));
    await expect.poll(() => answered).toBeGreaterThan(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBeLessThan(requests / 2);
    socket.resume();
    await expect.poll(() => answered).toBe(requests);
    socket.destroy();
  });

  test("survives a client that goes away in the middle of an answer", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.write("GET /later HTTP/1.1\r\n\r\n");
    await expect.poll(() => asked).toEqual(["/later"]);
    socket.resetAndDestroy();
    release();
    expect(bodiesOf(await talk(["GET /2 HTTP/1.0\r\n\r\n"]))).toEqual(["/2"]);
  });

  test("cannot be split by a cause that holds a line end", async () => {
    await server.close();
    server = await listen(0, () => textReply(400, "x", { "X-Cause": "a\r\nSet-Cookie: b\u00e9" }));
    expect(await talk(["GET / HTTP/1.0\r\n\r\n"])).toContain("\r\nX-Cause: a Set-Cookie: b \r\n");
  });
});

/** A connection that sends nothing. It closes with the server. */
async function open(): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

describe("listen", () => {
  test("rejects if the port is taken", async () => {
    await expect(listen(server.port, () => textReply(200, ""))).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("closes the connection that was silent longest if there are too many, never one that waits for its answer", async () => {
    const waiting = talk(["GET /later HTTP/1.0\r\n\r\n"]);
    await expect.poll(() => asked).toEqual(["/later"]);
    const silent = await open();
    const closed = new Promise((resolve) => silent.on("close", resolve));
    const busy = await open();
    for (let count = 3; count <= maxConnections; count++) await open();
    busy.write("GET /1 HTTP/1.1\r\n\r\n");
    await new Promise((resolve) => busy.once("data", resolve));
    await open();
    await closed;
    busy.write("GET /2 HTTP/1.0\r\n\r\n");
    await expect.poll(() => asked).toEqual(["/later", "/1", "/2"]);
    release();
    expect(bodiesOf(await waiting)).toEqual(["/later"]);
  });

  test("closes with its connections, also when called twice", async () => {
    const socket = connect(server.port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => {});
    socket.resume();
    await Promise.all([server.close(), closed]);
    await expect(server.close()).resolves.toBeUndefined();
  });
});
