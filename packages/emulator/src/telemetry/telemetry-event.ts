/** The three streams of the Telemetry API. */
export type EventStream = "platform" | "function" | "extension";

/** An event before it is encoded for a subscriber: the record of a log line depends on the subscriber's schema. */
export type TelemetryEvent =
  | { readonly stream: "platform"; readonly epochMs: number; readonly type: string; readonly record: unknown }
  | {
      readonly stream: "function" | "extension";
      readonly epochMs: number;
      readonly line: string;
      readonly requestId: string | undefined;
    };

/** How lines become records. */
export interface LogEncoding {
  readonly logFormat: "Text" | "JSON";
  readonly schemaVersion: string;
}

/**
 * The JSON text of an event. With the JSON log format, the records of lines are objects from schema 2022-12-13 on: a
 * line that is a JSON object stays as it is, any other line is wrapped.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export function encodeEvent(event: TelemetryEvent, encoding: LogEncoding): string {
  const time = new Date(event.epochMs).toISOString();
  if (event.stream === "platform") return JSON.stringify({ time, type: event.type, record: event.record });
  const isObject = encoding.logFormat === "JSON" && encoding.schemaVersion !== "2022-07-01";
  return JSON.stringify({
    time,
    type: event.stream,
    record: isObject ? toRecord(event.line, time, event.requestId) : event.line,
  });
}

function toRecord(line: string, timestamp: string, requestId: string | undefined): unknown {
  if (line.startsWith("{")) {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      // Not JSON: wrapped like any other text.
    }
  }
  return { timestamp, level: "INFO", ...(requestId === undefined ? {} : { requestId }), message: line };
}
