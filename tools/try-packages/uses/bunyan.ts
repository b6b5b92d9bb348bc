import assert from "node:assert/strict";
import bunyan from "bunyan";

/** Writes a line into its ring buffer. */
export async function use(): Promise<void> {
  const ring = new bunyan.RingBuffer({ limit: 1 });
  const log = bunyan.createLogger({ name: "mine", streams: [{ type: "raw", stream: ring }] });
  log.info({ request: "value" }, "a line");
  assert.equal(ring.records[0].msg, "a line");
}
