import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Agent, request } from "undici";
import { listening } from "./listening.ts";

/** Asks an HTTP server. */
export async function use(): Promise<void> {
  const port = await listening(createServer((_, response) => response.end('{"name":"value"}')));
  const dispatcher = new Agent({ keepAliveTimeout: 100 });
  const { body } = await request(`http://127.0.0.1:${port}`, { dispatcher });
  assert.deepEqual(await body.json(), { name: "value" });
  await dispatcher.close();
}
