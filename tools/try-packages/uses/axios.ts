import assert from "node:assert/strict";
import { createServer } from "node:http";
import axios from "axios";
import { listening } from "./listening.ts";

/** Posts a form to an HTTP server, which sends it back. */
export async function use(): Promise<void> {
  const port = await listening(createServer((request, response) => request.pipe(response)));
  const { data } = await axios.postForm(`http://127.0.0.1:${port}`, { name: "value" });
  assert.match(data, /form-data; name="name"\r\n\r\nvalue/);
}
