import type { TelemetryEvent } from "@lambda-extension/core";
import { expect, test } from "vitest";
import { isWanted } from "./shipped-line.ts";

const time = "2026-01-01T00:00:00.000Z";
const start: TelemetryEvent = { kind: "platform.start", time, record: { requestId: "r" } };
const line: TelemetryEvent = { kind: "function", time, record: "hello" };
const other: TelemetryEvent = { kind: "extension", time, record: "hello" };
const unknown = (type: unknown): TelemetryEvent => ({ kind: "unknown", raw: { type } });

test.each([
  ["a line of the function", line, ["function"], true],
  ["a line of the function", line, ["platform", "extension"], false],
  ["a platform event, subscribed to for the request ids alone", start, ["function"], false],
  ["a platform event", start, ["platform"], true],
  ["a line of an extension", other, ["platform", "function"], false],
  ["a platform event of a later version", unknown("platform.somethingNew"), ["function"], false],
  ["a platform event of a later version", unknown("platform.somethingNew"), ["platform"], true],
  ["an event of an unknown stream", unknown("runtime.heap"), ["function"], true],
  ["an event whose type only begins like a stream", unknown("functional"), ["platform"], true],
] as const)("%s (%#)", (_what, event, types, expected) => {
  expect(isWanted(event, types)).toBe(expected);
});
