import type { MalformedEvent, TelemetryEvent, TelemetryType } from "@lambda-extension/core";
import type { Correlated } from "./request-correlation.ts";

/** Which function the lines are from. */
export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionVersion: string;
}

/**
 * One shipped line, one JSON object.
 * `type` is the telemetry type, `malformed`, or `unknown`.
 * `record` is the event's record as it came, text or object; of an unknown or malformed event the whole element.
 * `time` is when the platform made the event; for an event without a time, when it came.
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

/** A longer text is no type. */
const longestType = 100;

/** A line before it has its id and its function. */
export type LineContent = Omit<ShippedLine, "id" | "part" | keyof FunctionIdentity>;

/** The content of an event's line. `receivedAt` is an ISO-8601 time for events without their own. */
export function toLineContent(correlated: Correlated, receivedAt: string): LineContent {
  const { event, requestId, phase } = correlated;
  const ids = { ...(requestId !== undefined && { requestId }), ...(phase !== undefined && { phase }) };
  if (event.kind !== "unknown") return { time: event.time, type: event.kind, ...ids, record: event.record };
  return { time: event.time ?? receivedAt, type: typeOf(event), ...ids, record: event.raw };
}

/** The type an event came with, `unknown` if it is no short text: the whole element is in the record anyway. */
function typeOf(event: TelemetryEvent): string {
  if (event.kind !== "unknown") return event.kind;
  const { type } = event.raw;
  return typeof type === "string" && type.length <= longestType ? type : "unknown";
}

/** The content of the line for an element that is no event. */
export function toMalformedContent(malformed: MalformedEvent, receivedAt: string): LineContent {
  return { time: receivedAt, type: "malformed", problem: malformed.problem, record: malformed.raw };
}

/**
 * True for an event of a type to ship. The extension always subscribes to `platform` events, for the request ids, so
 * this leaves them out if they are not wanted. An event of an unknown stream is always shipped: better than lost.
 */
export function isWanted(event: TelemetryEvent, types: readonly TelemetryType[]): boolean {
  const [, stream] = /^(platform|function|extension)(?:\.|$)/.exec(typeOf(event)) ?? [];
  return stream === undefined || types.some((type) => type === stream);
}
