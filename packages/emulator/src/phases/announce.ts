import type { Report } from "../history/report.ts";
import type { Invocation } from "../state/invocation.ts";
import type { Platform } from "../state/platform.ts";

/** An event of the platform, and the line it leaves in the log with the Text format. */
export interface Announcement {
  readonly type: string;
  readonly record: unknown;
  /** Undefined: the event leaves no line in either format. */
  readonly text?: string | undefined;
  /** The figures, if a phase ends with it. */
  readonly report?: Report;
}

/** Keeps the figures, sends the event to subscribers and writes its line: with the JSON log format the event itself. */
export function announce(platform: Platform, { type, record, text, report }: Announcement): void {
  platform.telemetry.emit(type, record);
  if (report !== undefined) platform.report(report);
  if (text === undefined) return;
  const isJson = platform.settings.logFormat === "JSON";
  platform.write(
    "platform",
    "platform",
    isJson ? JSON.stringify({ time: new Date().toISOString(), type, record }) : text,
  );
}

/** Three decimals, as the platform reports milliseconds. */
export function roundToMicroseconds(durationMs: number): number {
  return Math.round(durationMs * 1000) / 1000;
}

/** One part of an invocation in telemetry; `start` is ISO 8601, `durationMs` has microseconds. */
export interface Span {
  readonly name: string;
  readonly start: string;
  readonly durationMs: number;
}

/**
 * The parts of every invocation with an answer: until its first byte, and while it was written.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#span
 */
export function responseSpans(startEpochMs: number, response: NonNullable<Invocation["response"]>): readonly Span[] {
  return [
    createSpan("responseLatency", startEpochMs, response.startEpochMs),
    createSpan("responseDuration", response.startEpochMs, response.endEpochMs),
  ];
}

/** A span from one moment to another. Units: milliseconds since the epoch. */
export function createSpan(name: string, fromEpochMs: number, toEpochMs: number): Span {
  return { name, start: new Date(fromEpochMs).toISOString(), durationMs: roundToMicroseconds(toEpochMs - fromEpochMs) };
}
