import type { ExitStatus } from "../process/child.ts";
import { createRecent } from "./recent.ts";

/**
 * A step of the environment's life; a span if `endEpochMs` differs from `startEpochMs`. Units: epoch milliseconds,
 * fractional.
 */
export interface TimelineEntry {
  /** `platform`, `runtime`, or an extension's name. */
  readonly lane: string;
  /** e.g. `init`, `spawn`, `register`, `next`, `invoke`, `response`, `overhead`, `shutdown`, `exit`, `telemetry`. */
  readonly kind: string;
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  readonly requestId?: string;
  /** For people. */
  readonly detail?: string;
  /** For programs. */
  readonly fact?: StepFact;
}

/** A step as values; its `kind` is the step's. */
export type StepFact =
  /** The events that the extension asked for. */
  | { readonly kind: "register"; readonly events: readonly string[] }
  | { readonly kind: "exit"; readonly status: ExitStatus }
  /** Whether the listener took the batch. */
  | { readonly kind: "telemetry"; readonly isDelivered: boolean }
  /** How far the wall clock was moved ahead. */
  | { readonly kind: "skip"; readonly durationMs: number };

/** What a step may say besides its lane, kind and times. */
export type TimelineNote = Pick<TimelineEntry, "requestId" | "detail" | "fact">;

/** Collects the steps of an environment's life, in the order they ended. */
export interface Timeline {
  readonly entries: readonly TimelineEntry[];
  /** An instant. */
  mark(lane: string, kind: string, note?: TimelineNote): void;
  /** A span that started at `startEpochMs` and ends now. */
  span(lane: string, kind: string, startEpochMs: number, note?: TimelineNote): void;
}

/** Epoch milliseconds with fractions, steady within this process. */
export function preciseEpochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** An empty timeline that keeps the newest `limit` entries. */
export function createTimeline(limit: number): Timeline {
  const recent = createRecent<TimelineEntry>(limit);
  return {
    entries: recent.entries,
    mark(lane, kind, note = {}) {
      const now = preciseEpochMs();
      recent.add({ lane, kind, startEpochMs: now, endEpochMs: now, ...note });
    },
    span(lane, kind, startEpochMs, note = {}) {
      recent.add({ lane, kind, startEpochMs, endEpochMs: preciseEpochMs(), ...note });
    },
  };
}
