import type { MalformedEvent } from "../extension-options.ts";
import { isObject } from "../json-object.ts";
import { readRecord } from "./record-shapes.ts";
import type { TelemetryEvent } from "./telemetry-event.ts";

/** A decoded delivery, in the order sent. Each element is in one of the two lists. */
export interface DecodedTelemetry {
  readonly events: readonly TelemetryEvent[];
  readonly malformed: readonly MalformedEvent[];
}

/**
 * Decodes the body of one delivery: a JSON array, a single event, or one event a line (the TCP form). Never throws.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
 */
export function decodeTelemetryBatch(body: Buffer): DecodedTelemetry {
  const text = body.toString("utf8");
  const events: TelemetryEvent[] = [];
  const malformed: MalformedEvent[] = [];
  for (const element of parseElements(text)) {
    const decoded = "problem" in element ? element : decodeElement(element.value);
    if ("problem" in decoded) malformed.push(decoded);
    else events.push(decoded);
  }
  return { events, malformed };
}

type Element = { readonly value: unknown } | MalformedEvent;

function parseElements(text: string): readonly Element[] {
  const whole = parse(text);
  if ("value" in whole) return Array.isArray(whole.value) ? whole.value.map((value: unknown) => ({ value })) : [whole];
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const parsed = lines.map((line) => parse(line));
  const isByLines = parsed.some((element) => "value" in element && isObject(element.value));
  return isByLines || lines.length === 0 ? parsed : [whole];
}

function parse(json: string): Element {
  try {
    return { value: JSON.parse(json) };
  } catch {
    return { raw: json, problem: "not JSON" };
  }
}

function decodeElement(value: unknown): TelemetryEvent | MalformedEvent {
  if (!isObject(value)) return { raw: value, problem: "not an object" };
  const { type, time, record } = value;
  if (typeof type !== "string") return { raw: value, problem: "no type" };
  const known = typeof time === "string" ? readRecord(type, record) : undefined;
  // readRecord checked the record against its type; the compiler cannot follow that through a table.
  if (known !== undefined) return { kind: type, time, record: known } as TelemetryEvent;
  return { kind: "unknown", ...(typeof time === "string" && { time }), raw: value };
}
