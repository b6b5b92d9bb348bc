import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";

/** Sends a message to its own server, and gets it back. */
export async function use(): Promise<void> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  await once(server, "listening");
  const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
  await once(socket, "open");
  socket.send("a message");
  const [data] = await once(socket, "message");
  assert.equal(String(data), "a message");
  socket.terminate();
  server.close();
}
