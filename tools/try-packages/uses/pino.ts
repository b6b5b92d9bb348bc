import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";

/** Writes a line through a worker thread. */
export async function use(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pino-"));
  const destination = join(folder, "lines");
  const transport = pino.transport({ target: "pino/file", options: { destination } });
  const log = pino(transport);
  log.info({ name: "value" }, "a line");
  transport.end();
  await once(transport, "close");
  assert.match(readFileSync(destination, "utf8"), /"name":"value","msg":"a line"/);
  rmSync(folder, { recursive: true });
}
