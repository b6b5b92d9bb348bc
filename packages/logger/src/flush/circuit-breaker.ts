import { ageMs } from "@lambda-extension/core";
import type { Moment } from "@lambda-extension/core";

/** Open: the destination took nothing. Open or closed, no try before `probeAfterMs` has passed. Units: milliseconds. */
export interface CircuitBreaker {
  readonly kind: "closed" | "open";
  readonly since: Moment;
  readonly probeAfterMs: number;
}

const firstProbeMs = 10_000;
const longestProbeMs = 300_000;

/** True if a try may hold an invocation: if open, once per probe interval; if closed, after `restMs`. */
export function mayTry(breaker: CircuitBreaker, at: Moment): boolean {
  return ageMs(breaker.since, at) >= breaker.probeAfterMs;
}

/** For a destination that takes lines. It may ask for a rest of `restMs`, and gets at most 5 min. */
export function closed(at: Moment, restMs = 0): CircuitBreaker {
  return { kind: "closed", since: at, probeAfterMs: Math.min(longestProbeMs, restMs) };
}

/**
 * After a try that delivered nothing: a probe in 10 s, doubled by each failed one, or in `afterMs` if that is later; at
 * most 5 min.
 */
export function openAfter(breaker: CircuitBreaker, at: Moment, afterMs = 0): CircuitBreaker {
  const doubledMs = breaker.kind === "open" ? breaker.probeAfterMs * 2 : firstProbeMs;
  return { kind: "open", since: at, probeAfterMs: Math.min(longestProbeMs, Math.max(doubledMs, afterMs)) };
}
