import { expect, test } from "vitest";
import { encodeEvent } from "./telemetry-event.ts";
import type { LogEncoding, TelemetryEvent } from "./telemetry-event.ts";

const epochMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const time = "2026-01-02T03:04:05.006Z";

function line(text: string): TelemetryEvent {
  return { stream: "function", epochMs, line: text, requestId: "an-id" };
}

test.each<[string, LogEncoding, unknown]>([
  ["plain", { logFormat: "Text", schemaVersion: "2022-12-13" }, "plain"],
  ['{"a":1}', { logFormat: "Text", schemaVersion: "2025-01-29" }, '{"a":1}'],
  ['{"a":1}', { logFormat: "JSON", schemaVersion: "2022-07-01" }, '{"a":1}'],
  ['{"a":1}', { logFormat: "JSON", schemaVersion: "2022-12-13" }, { a: 1 }],
  [
    "plain",
    { logFormat: "JSON", schemaVersion: "2022-12-13" },
    { timestamp: time, level: "INFO", requestId: "an-id", message: "plain" },
  ],
  [
    "{broken",
    { logFormat: "JSON", schemaVersion: "2025-01-29" },
    { timestamp: time, level: "INFO", requestId: "an-id", message: "{broken" },
  ],
])("writes the line %s for %j", (text, encoding, record) => {
  expect(JSON.parse(encodeEvent(line(text), encoding))).toEqual({ time, type: "function", record });
});

test("writes an event of the platform with its record", () => {
  const event: TelemetryEvent = { stream: "platform", epochMs, type: "platform.start", record: { requestId: "an-id" } };
  expect(encodeEvent(event, { logFormat: "JSON", schemaVersion: "2022-07-01" })).toBe(
    `{"time":"${time}","type":"platform.start","record":{"requestId":"an-id"}}`,
  );
});
