import type { Buffering } from "./subscription.ts";

/** Events that go out together, each as JSON text. */
export interface Batch {
  readonly events: readonly string[];
  /** UTF-8 bytes of the events. */
  readonly bytes: number;
}

/** Gathers events until a limit is reached; knows no timer of its own. */
export interface Batcher {
  /** Adds an event; gives the batch that it filled. */
  add(event: string, nowEpochMs: number): Batch | undefined;
  /** What has been gathered, full or not; undefined where that is nothing. */
  take(): Batch | undefined;
  /** When the batch is due even if it does not fill: `timeoutMs` after its first event. */
  readonly dueEpochMs: number | undefined;
}

/**
 * A batch is full when it holds `maxItems` events or at least `maxBytes` bytes, the event that crosses the line
 * included.
 */
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
