import assert from "node:assert/strict";
import { createServer } from "node:net";
import pg from "pg";
import { listening } from "./listening.ts";

/** Asks a server that has one answer. */
export async function use(): Promise<void> {
  const ready = message("Z", "I");
  const answer = [
    message("T", "\0\x01name\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"),
    message("D", "\0\x01\0\0\0\x05value"),
    message("C", "SELECT 1\0"),
    ready,
  ];
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.concat([message("R", "\0\0\0\0"), ready]));
      socket.on("data", (query) => {
        if (query.toString().startsWith("Q")) socket.write(Buffer.concat(answer));
      });
    });
  });
  const pool = new pg.Pool({ host: "127.0.0.1", port: await listening(server), user: "me", database: "mine" });
  assert.deepEqual((await pool.query("SELECT name FROM names")).rows, [{ name: "value" }]);
  await pool.end();
}

/** A message of PostgreSQL's protocol. */
function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, "latin1")]);
}
