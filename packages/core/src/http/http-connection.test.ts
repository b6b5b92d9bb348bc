import { once } from "node:events";
import * as net from "node:net";
import { createConnection, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createHttpConnection } from "./http-connection.ts";
import type { HttpConnection, HttpRequest } from "./http-connection.ts";
import { inheritConnection, readInto } from "./inherited-connection.ts";
import type { BytesListener } from "./inherited-connection.ts";

const get: HttpRequest = { method: "GET", path: "/next", headers: { "X-Id": "1" } };
const inherit = (socket: Socket) => ({
  write: (bytes: Uint8Array) => void socket.write(bytes),
  toSocket: (onBytes: BytesListener) => socket.on("data", onBytes),
  writeTo: (to: Socket, bytes: Uint8Array) => void to.write(bytes),
});
const opener = (port: number) => (onBytes: BytesListener) =>
  createConnection({ port, host: "127.0.0.1", onread: readInto(onBytes) });
const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

type Behaviour = (socket: Socket, request: string, served: number) => void;
let server: Server;
let connection: HttpConnection;
let accepted: Socket[] = [];

/** A server that calls `behave` with each chunk it receives; `served` counts them over all connections, from 1. */
async function serve(behave: Behaviour): Promise<number> {
  let served = 0;
  accepted = [];
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => behave(socket, bytes.toString("latin1"), (served += 1)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  connection = createHttpConnection({ host: `127.0.0.1:${port}`, open: opener(port) });
  return port;
}

afterEach(async () => {
  connection.close();
  for (const socket of accepted) socket.destroy();
  server.close();
  await once(server, "close");
});

test("sends the method, the path, the headers and a body measured in bytes", async () => {
  let received = "";
  await serve((socket, request) => {
    received += request;
    socket.write(ok("yes"));
  });
  const response = await connection.request({
    method: "POST",
    path: "/register",
    headers: { "X-Name": "a" },
    body: '{"ü":1}',
  });
  expect(response).toMatchObject({ status: 200, resent: false, body: Buffer.from("yes") });
  expect(received).toMatch(
    /^POST \/register HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nX-Name: a\r\nContent-Type: application\/json\r\nContent-Length: 8\r\n\r\n/,
  );
  expect(Buffer.from(received, "latin1").toString("utf8")).toContain('\r\n\r\n{"ü":1}');
});

test("reuses one connection for many requests", async () => {
  await serve((socket, _request, served) => socket.write(ok(String(served))));
  for (const expected of ["1", "2", "3"]) expect((await connection.request(get)).body.toString()).toBe(expected);
  expect(accepted).toHaveLength(1);
});

test("skips interim answers", async () => {
  await serve((socket) =>
    socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok("final")}`),
  );
  expect((await connection.request(get)).body.toString()).toBe("final");
});

test("opens a new connection after an answer that ends the old one", async () => {
  await serve((socket) => socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"));
  expect((await connection.request(get)).body.toString()).toBe("hello");
  expect((await connection.request(get)).body.toString()).toBe("hello");
  expect(accepted).toHaveLength(2);
});

test("sends a request again if a kept-alive connection died unnoticed", async () => {
  await serve((socket, _request, served) => {
    if (served === 2) socket.destroy();
    else socket.write(ok(String(served)));
  });
  await connection.request(get);
  expect(await connection.request(get)).toMatchObject({ body: Buffer.from("3"), resent: true });
});

test("sends it again once, not for ever", async () => {
  await serve((socket, _request, served) => (served === 1 ? socket.write(ok("1")) : socket.destroy()));
  await connection.request(get);
  await expect(connection.request(get)).rejects.toMatchObject({ name: "PlatformError", code: "ECONNRESET" });
  expect(accepted).toHaveLength(2);
});

test("never repeats a request on a fresh connection: a registration may have been accepted", async () => {
  await serve((socket) => socket.destroy());
  await expect(connection.request(get)).rejects.toMatchObject({ name: "PlatformError", code: "ECONNRESET" });
  expect(accepted).toHaveLength(1);
});

test("never repeats a request once an answer has begun", async () => {
  await serve((socket, _request, served) => {
    if (served === 1) socket.write(ok("1"));
    else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  await connection.request(get);
  await expect(connection.request(get)).rejects.toMatchObject({ code: "InvalidHttpMessage" });
  expect(accepted).toHaveLength(1);
});

test("refuses an answer that is not HTTP", async () => {
  await serve((socket) => socket.write("SSH-2.0-OpenSSH_9.9\r\n\r\n"));
  await expect(connection.request(get)).rejects.toMatchObject({ code: "InvalidHttpMessage" });
});

test("gives up at a request's own limit, and uses a fresh connection afterwards", async () => {
  await serve((socket, _request, served) => void (served > 1 && socket.write(ok("late"))));
  await expect(connection.request({ ...get, timeoutMs: 20 })).rejects.toMatchObject({ code: "TimedOut" });
  expect((await connection.request(get)).body.toString()).toBe("late");
  expect(accepted).toHaveLength(2);
});

test("names the system error of a port without a listener", async () => {
  const port = await serve(() => {});
  const closed = createHttpConnection({ host: "x", open: opener(1) });
  expect(port).not.toBe(1);
  await expect(closed.request(get)).rejects.toMatchObject({ name: "PlatformError", code: "ECONNREFUSED" });
});

test("uses an inherited connection, and replaces a dead one", async () => {
  const port = await serve((socket, _request, served) => socket.write(ok(String(served))));
  const open = opener(port);
  const first = createConnection(port, "127.0.0.1");
  await once(first, "connect");
  const over = createHttpConnection({ host: "x", open, inherited: inherit(first) });
  expect(await over.request(get)).toMatchObject({ body: Buffer.from("1"), resent: false });
  expect(accepted).toHaveLength(1);
  over.close();

  const dead = createConnection(port, "127.0.0.1");
  await once(dead, "connect");
  dead.destroy();
  const replaced = createHttpConnection({ host: "x", open, inherited: inherit(dead) });
  expect((await replaced.request(get)).status).toBe(200);
  replaced.close();
});

test("replaces an inherited connection that cannot be written to", async () => {
  const port = await serve((socket, _request, served) => socket.write(ok(String(served))));
  const over = createHttpConnection({
    host: "x",
    open: opener(port),
    inherited: inheritConnection(999_999, () => net),
  });
  expect(await over.request(get)).toMatchObject({ body: Buffer.from("1"), resent: false });
  over.close();
});

test("refuses a header that would smuggle another line", async () => {
  await serve((socket) => socket.write(ok("")));
  await expect(connection.request({ ...get, headers: { "X-A": "a\r\nX-B: b" } })).rejects.toThrowError(
    /BUG: the header X-A/,
  );
});

test("closing ends the request that waits, and does not send it again", async () => {
  let arrived = () => {};
  const second = new Promise<void>((resolve) => (arrived = resolve));
  await serve((socket, _request, served) => (served === 1 ? socket.write(ok("")) : arrived()));
  await connection.request(get);
  const waiting = connection.request(get);
  await second;
  connection.close();
  await expect(waiting).rejects.toMatchObject({ code: "Closed" });
  expect(accepted).toHaveLength(1);
});

test("drops a connection that answers twice", async () => {
  await serve((socket, _request, served) => socket.write(served === 1 ? ok("1") + ok("stray") : ok(String(served))));
  await connection.request(get);
  expect((await connection.request(get)).body.toString()).toBe("2");
  expect(accepted).toHaveLength(2);
});

test("does not give a stray answer to the next request, which goes out before the first answer's call is over", async () => {
  await serve((socket, _request, served) => socket.write(served === 1 ? ok("1") + ok("stray") : ok(String(served))));
  const answers = await new Promise<string[]>((resolve, reject) => {
    connection.exchange(get, {
      onResponse: (first) =>
        connection.exchange(get, {
          onResponse: (second) => resolve([first.body.toString(), second.body.toString()]),
          onLost: reject,
        }),
      onLost: reject,
    });
  });
  expect(answers).toEqual(["1", "2"]);
});

test("refuses an answer larger than any of the platform's", async () => {
  await serve((socket) => socket.write(ok("x".repeat(9 * 1024 * 1024))));
  await expect(connection.request(get)).rejects.toMatchObject({ code: "InvalidHttpMessage" });
});
