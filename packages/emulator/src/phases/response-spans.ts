import type { Invocation } from "../state/invocation.ts";
import { roundToMicroseconds } from "./announce.ts";

/** One part of an invocation in telemetry; `start` is ISO 8601, `durationMs` has microseconds. */
export interface Span {
  readonly name: string;
  readonly start: string;
  readonly durationMs: number;
}

/**
 * The parts that every invocation with an answer has: until its first byte, and while it was written; none where there
 * was no answer.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#span
 */
export function responseSpans(startEpochMs: number, response: Invocation["response"]): readonly Span[] {
  if (response === undefined) return [];
  return [
    createSpan("responseLatency", startEpochMs, response.startEpochMs),
    createSpan("responseDuration", response.startEpochMs, response.endEpochMs),
  ];
}

/** A span from one moment to another. Units: milliseconds since the epoch. */
export function createSpan(name: string, fromEpochMs: number, toEpochMs: number): Span {
  return { name, start: new Date(fromEpochMs).toISOString(), durationMs: roundToMicroseconds(toEpochMs - fromEpochMs) };
}
