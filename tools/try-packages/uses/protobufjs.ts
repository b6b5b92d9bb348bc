import assert from "node:assert/strict";
import { join } from "node:path";
import protobuf from "protobufjs";

/** Loads a .proto file, encodes and decodes a message. */
export async function use(): Promise<void> {
  const root = await protobuf.load(join(import.meta.dirname, "names.proto"));
  const type = root.lookupType("Name");
  const bytes = type.encode({ name: "value" }).finish();
  assert.deepEqual(type.toObject(type.decode(bytes)), { name: "value" });
}
