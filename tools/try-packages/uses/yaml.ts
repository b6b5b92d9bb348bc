import assert from "node:assert/strict";
import { parse, stringify } from "yaml";

/** Writes and reads. */
export async function use(): Promise<void> {
  assert.deepEqual(parse(stringify({ names: ["a", "b"] })), { names: ["a", "b"] });
}
