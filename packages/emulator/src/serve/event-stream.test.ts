import { expect, test } from "vitest";
import { encodeMessage } from "./event-stream.ts";

test("encodes a message byte for byte as AWS's own codec does", () => {
  // From EventStreamCodec of @smithy/core 3.41.0.
  const expected = "0000002d0000001bd616fd300b3a6576656e742d7479706507000c5061796c6f61644368756e6b686958c76727";
  expect(encodeMessage({ ":event-type": "PayloadChunk" }, Buffer.from("hi")).toString("hex")).toBe(expected);
});
