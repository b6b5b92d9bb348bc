import { expect, test } from "vitest";
import { findRequestId } from "./find-request-id.ts";

const id = "6f747a43-9bf2-4c4d-8d0c-2a0f7f2f0f11";

test.each([
  ["Node's text", `2026-01-01T00:00:00.123Z\t${id}\tINFO\thello`, id],
  ["Python's text", `[WARNING]\t2026-01-01T00:00:00.123Z\t${id}\thello`, id],
  ["Node's and Python's JSON", { level: "INFO", requestId: id }, id],
  ["Java's JSON", { AWSRequestId: id }, id],
  ["Powertools' JSON", { function_request_id: id }, id],
  ["JSON delivered as text", JSON.stringify({ level: "INFO", message: 'a "quoted" {', requestId: id }), id],
  ["JSON as text with the id deeper inside", JSON.stringify({ order: { requestId: id } }), undefined],
  ["text that only begins as JSON", `{"requestId":"${id}"`, undefined],
  ["plain text", "hello", undefined],
  ["a UUID that the function printed", `order ${id} shipped`, undefined],
  ["a UUID in tab-separated data", `2026-01-01\t${id}\tx`, undefined],
  ["Node's text before the first request", "2026-01-01T00:00:00.123Z\tundefined\tINFO\thello", undefined],
  ["an id of another shape", { requestId: "42" }, undefined],
  ["an id that is no text", { requestId: { id } }, undefined],
  ["an inherited name", { constructor: id }, undefined],
])("%s", (_what, record, expected) => {
  expect(findRequestId(record)).toBe(expected);
});
