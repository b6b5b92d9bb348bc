import assert from "node:assert/strict";
import { createServer } from "node:net";
import { Redis } from "ioredis";
import { listening } from "./listening.ts";

/** Asks a server that has one answer. */
export async function use(): Promise<void> {
  const server = createServer((socket) => {
    socket.on("data", (commands) => {
      for (const word of commands.toString().split("\r\n")) {
        if (/^get$/i.test(word)) socket.write("$5\r\nvalue\r\n");
        if (/^(client|hello|info|select)$/i.test(word)) socket.write("+OK\r\n");
      }
    });
  });
  const redis = new Redis({ host: "127.0.0.1", port: await listening(server), protocol: 2, enableReadyCheck: false });
  assert.equal(await redis.get("name"), "value");
  redis.disconnect();
}
