import { waitAtMost } from "../deadline.ts";
import type { PlatformRuntimeDone, TelemetryEvent } from "./telemetry-event.ts";

/** Matches `platform.runtimeDone` to requests, whichever of the two comes first. */
export interface RuntimeDoneTracker {
  see(events: readonly TelemetryEvent[]): void;
  /** Resolves with the event, or with undefined after `graceMs`. Units: milliseconds. */
  wait(requestId: string, graceMs: number): Promise<PlatformRuntimeDone | undefined>;
}

/** An environment runs one request at a time: a few remembered ones cover every reordering. */
const remembered = 32;

/** See {@link RuntimeDoneTracker}. Remembers the latest 32 requests; a redelivered event changes nothing. */
export function createRuntimeDoneTracker(): RuntimeDoneTracker {
  const done = new Map<string, PlatformRuntimeDone>();
  const waiting = new Map<string, Set<(event: PlatformRuntimeDone) => void>>();

  function remember(event: PlatformRuntimeDone): void {
    const { requestId } = event.record;
    if (done.has(requestId)) return;
    done.set(requestId, event);
    const [oldest] = done.keys();
    if (done.size > remembered && oldest !== undefined) done.delete(oldest);
    waiting.get(requestId)?.forEach((resolve) => resolve(event));
  }

  return {
    see(events) {
      for (const event of events) if (event.kind === "platform.runtimeDone") remember(event);
    },
    async wait(requestId, graceMs) {
      const already = done.get(requestId);
      if (already !== undefined || graceMs <= 0) return already;
      const waiters = waiting.get(requestId) ?? new Set();
      waiting.set(requestId, waiters);
      let own: (event: PlatformRuntimeDone) => void = () => {};
      const arrived = new Promise<PlatformRuntimeDone>((resolve) => {
        own = resolve;
        waiters.add(own);
      });
      const waited = await waitAtMost(arrived, graceMs);
      waiters.delete(own);
      if (waiters.size === 0) waiting.delete(requestId);
      return waited.kind === "settled" ? waited.value : undefined;
    },
  };
}
