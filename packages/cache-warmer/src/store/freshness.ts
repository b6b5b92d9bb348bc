import { ageMs } from "@lambda-extension/core";
import type { Moment } from "@lambda-extension/core";
import type { Entry } from "./entry-store.ts";

/**
 * `fresh`: served as it is. `due`: served, but renewed at the next occasion. `stale`: served only while AWS fails in a
 * way that passes. `expired`: not served.
 */
export type Freshness = "fresh" | "due" | "stale" | "expired";

/** The last fifth of its time makes an entry due. */
const dueFrom = 0.8;

/** A wall clock set back further than this says nothing about an entry's age any more. */
const clockToleranceMs = 2000;

/** Judges an entry by its age on both clocks, so that time spent frozen counts. */
export function judge(entry: Entry, at: Moment, staleIfErrorMs: number): Freshness {
  const age = ageMs(entry.fetchedAt, at);
  const isClockSetBack = at.wallMs < entry.fetchedAt.wallMs - clockToleranceMs;
  if (age >= entry.ttlMs + staleIfErrorMs) return "expired";
  if (age >= entry.ttlMs || isClockSetBack) return "stale";
  return age >= entry.ttlMs * dueFrom ? "due" : "fresh";
}
