import type { MalformedEvent, TelemetryEvent } from "@lambda-extension/core";
import type { Correlated } from "./request-correlation.ts";

/** Which function the lines are from. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionVersion: string;
}

/**
 * What one shipped line says, one JSON object per line.
 * `type` is the telemetry type, `malformed`, or `unknown`; `record` is the event's record as it came, text or object,
 * and for an event this version does not know, or that is none, the whole element.
 * `time` is when the platform made the event, or when it came where it has no time of its own.
 */
export interface ShippedLine extends FunctionIdentity {
  readonly time: string;
  readonly type: string;
  readonly requestId?: string;
  /** The line was written before the request began. */
  readonly phase?: "init";
  /** What is wrong with a malformed element. */
  readonly problem?: string;
  readonly id: string;
  /** Set on the pieces of a line longer than a batch; `isJson`: the pieces together are the record's JSON text. */
  readonly part?: { readonly of: string; readonly index: number; readonly count: number; readonly isJson: boolean };
  readonly record: unknown;
}

/** A longer text is not taken for a type. */
const longestType = 100;

/** A line before it has its id and its function. */
export type LineContent = Omit<ShippedLine, "id" | "part" | keyof FunctionIdentity>;

/** What an event says. `receivedAt` is an ISO-8601 time for events without their own. */
export function toLineContent(correlated: Correlated, receivedAt: string): LineContent {
  const { event, requestId, phase } = correlated;
  const ids = { ...(requestId !== undefined && { requestId }), ...(phase !== undefined && { phase }) };
  if (event.kind !== "unknown") return { time: event.time, type: event.kind, ...ids, record: event.record };
  return { time: event.time ?? receivedAt, type: typeOf(event), ...ids, record: event.raw };
}

/** The type an event came with, `unknown` where it is no short text: the whole element is in the record anyway. */
export function typeOf(event: TelemetryEvent): string {
  if (event.kind !== "unknown") return event.kind;
  const { type } = event.raw;
  return typeof type === "string" && type.length <= longestType ? type : "unknown";
}

/** What an element that is no event says. */
export function toMalformedContent(malformed: MalformedEvent, receivedAt: string): LineContent {
  return { time: receivedAt, type: "malformed", problem: malformed.problem, record: malformed.raw };
}
