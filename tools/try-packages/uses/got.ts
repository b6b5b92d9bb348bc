import assert from "node:assert/strict";
import { createServer } from "node:http";
import got from "got";
import { listening } from "./listening.ts";

/** Asks an HTTP server, a second time after its first answer is an error. */
export async function use(): Promise<void> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.writeHead(requests === 1 ? 503 : 200).end('{"name":"value"}');
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  assert.deepEqual(await got(url, { retry: { calculateDelay: ({ computedValue }) => computedValue && 1 } }).json(), {
    name: "value",
  });
  assert.equal(requests, 2);
}
