import { waitAtMost } from "../deadline.ts";
import type { PlatformRuntimeDone, TelemetryEvent } from "./telemetry-event.ts";

/** See {@link createRuntimeDoneTracker}. */
export type RuntimeDoneTracker = ReturnType<typeof createRuntimeDoneTracker>;

/** An environment runs one request at a time: these few cover every reordering. */
const remembered = 32;

/**
 * Matches `platform.runtimeDone` to requests; either may come first. Remembers the latest 32 requests; a redelivered
 * event changes nothing.
 */
export function createRuntimeDoneTracker() {
  const done = new Map<string, PlatformRuntimeDone>();
  const waiting = new Set<(event: PlatformRuntimeDone) => void>();

  function remember(event: PlatformRuntimeDone): void {
    const { requestId } = event.record;
    if (done.has(requestId)) return;
    done.set(requestId, event);
    const [oldest] = done.keys();
    if (done.size > remembered && oldest !== undefined) done.delete(oldest);
    for (const wake of waiting) wake(event);
  }

  return {
    see(events: readonly TelemetryEvent[]): void {
      for (const event of events) if (event.kind === "platform.runtimeDone") remember(event);
    },
    /** Resolves with the event, or with undefined after `graceMs`. Units: milliseconds. */
    async wait(requestId: string, graceMs: number): Promise<PlatformRuntimeDone | undefined> {
      const already = done.get(requestId);
      if (already !== undefined || graceMs <= 0) return already;
      let wake: (event: PlatformRuntimeDone) => void = () => {};
      const arrived = new Promise<PlatformRuntimeDone>((resolve) => {
        wake = (event) => event.record.requestId === requestId && resolve(event);
      });
      waiting.add(wake);
      const waited = await waitAtMost(arrived, graceMs);
      waiting.delete(wake);
      return waited.kind === "settled" ? waited.value : undefined;
    },
  };
}
