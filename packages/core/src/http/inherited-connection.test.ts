import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { inheritConnection } from "./inherited-connection.ts";

/** Both ends of a connection, and the descriptor of the first. */
async function connectedPair() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const near = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
  const [far] = (await once(server, "connection")) as [net.Socket];
  if (near.connecting) await once(near, "connect");
  server.close();
  const { fd } = (near as unknown as { readonly _handle: { readonly fd: number } })._handle;
  return { near, far, fd };
}

test("writes nothing to a descriptor that is no socket", () => {
  const file = join(tmpdir(), `inherited-connection-${process.pid}`);
  const fd = openSync(file, "w");
  try {
    expect(() => inheritConnection(fd, () => net).write(Buffer.from("GET"))).toThrowError(/is no socket/);
    expect(readFileSync(file, "utf8")).toBe("");
  } finally {
    closeSync(fd);
    rmSync(file);
  }
});

test("leaves the bytes to the socket that the kernel does not take at once", async () => {
  const { near, far, fd } = await connectedPair();
  const bytes = Buffer.alloc(20_000_000, "0123456789");
  const inherited = inheritConnection(fd, () => net);
  inherited.writeTo(near, bytes);
  expect(near.writableLength).toBeGreaterThan(0);
  inherited.writeTo(near, Buffer.from("the end"));
  near.end();
  expect((await buffer(far)).equals(Buffer.concat([bytes, Buffer.from("the end")]))).toBe(true);
});

test("writes nothing to the descriptor of a socket that is closed: by now it may be another file's", async () => {
  const { near, far } = await connectedPair();
  near.on("error", () => {}).destroy();
  far.destroy();
  const file = join(tmpdir(), `inherited-connection-reused-${process.pid}`);
  const fd = openSync(file, "w");
  try {
    inheritConnection(fd, () => net).writeTo(near, Buffer.from("GET"));
    expect(readFileSync(file, "utf8")).toBe("");
  } finally {
    closeSync(fd);
    rmSync(file);
  }
});
