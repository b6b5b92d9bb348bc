import type { Buffering } from "./subscription.ts";

/** Events that go out together, each as JSON text. */
export interface Batch {
  readonly events: readonly string[];
  /** UTF-8 bytes of the events. */
  readonly bytes: number;
}

/** Gathers events up to a limit; has no timer of its own. */
export interface Batcher {
  /** Adds an event. Returns the batch if the event fills it. */
  add(event: string, nowEpochMs: number): Batch | undefined;
  /** Takes the gathered events, full or not. Returns undefined if there are no events. */
  take(): Batch | undefined;
  /** When the batch is due even if it does not fill: `timeoutMs` after its first event. */
  readonly dueEpochMs: number | undefined;
}

/** A batch is full with `maxItems` events or at least `maxBytes` bytes, including the event that crosses the line. */
export function createBatcher({ maxItems, maxBytes, timeoutMs }: Buffering): Batcher {
  let events: string[] = [];
  let bytes = 0;
  let dueEpochMs: number | undefined;

  function take(): Batch | undefined {
    if (events.length === 0) return undefined;
    const batch = { events, bytes };
    events = [];
    bytes = 0;
    dueEpochMs = undefined;
    return batch;
  }

  return {
    add(event, nowEpochMs) {
      dueEpochMs ??= nowEpochMs + timeoutMs;
      events.push(event);
      bytes += Buffer.byteLength(event);
      return events.length >= maxItems || bytes >= maxBytes ? take() : undefined;
    },
    take,
    get dueEpochMs() {
      return dueEpochMs;
    },
  };
}
