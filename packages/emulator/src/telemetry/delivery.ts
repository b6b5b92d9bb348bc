import { preciseEpochMs } from "../history/timeline.ts";
import type { DeliveryRule } from "../options/environment-options.ts";
import type { Batch } from "./batcher.ts";
import type { Sender, Sent } from "./sender.ts";

/** Sends one batch at a time, in order. */
export interface Delivery {
  /** Takes a batch that is due. */
  offer(batch: Batch): void;
  /** Resolves when nothing waits, when an attempt failed, or at the deadline. */
  settle(deadlineEpochMs: number): Promise<void>;
  pause(): void;
  resume(): void;
  close(): void;
}

/** What a delivery is made of. */
export interface DeliveryOptions {
  readonly rule: DeliveryRule;
  readonly sender: Sender;
  /** Waiting batches may hold this many bytes; more are lost. */
  readonly maxWaitingBytes: number;
  onAttempt(batch: Batch, startEpochMs: number, outcome: Sent): void;
  onLost(batch: Batch, reason: string): void;
}

const firstRetryMs = 100;
const longestRetryMs = 5000;
const tooSlow = "Some logs were dropped because the downstream consumer is slower than the logs production rate";

/** Nothing is sent before the first `offer`. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const waiting: Batch[] = [];
  let waitingBytes = 0;
  let isBusy = false;
  let isPaused = false;
  let isClosed = false;
  let retryMs = firstRetryMs;
  let timer: NodeJS.Timeout | undefined;
  let settled: (() => void)[] = [];

  function tellSettled(): void {
    for (const tell of settled) tell();
    settled = [];
  }

  async function run(): Promise<void> {
    if (isBusy || isPaused || isClosed || timer !== undefined) return;
    const [batch] = waiting;
    if (batch === undefined) {
      tellSettled();
      return;
    }
    isBusy = true;
    const startEpochMs = preciseEpochMs();
    const outcome = await options.sender.send(batch);
    isBusy = false;
    if (isClosed) return;
    options.onAttempt(batch, startEpochMs, outcome);
    if (outcome.kind === "sent" || options.rule === "strict") {
      waiting.shift();
      waitingBytes -= batch.bytes;
      retryMs = firstRetryMs;
      if (outcome.kind === "failed") options.onLost(batch, `could not send events: ${outcome.reason}`);
    } else {
      timer = setTimeout(() => {
        timer = undefined;
        void run();
      }, retryMs);
      retryMs = Math.min(retryMs * 2, longestRetryMs);
      tellSettled();
    }
    void run();
  }

  return {
    offer(batch) {
      const maxWaitingBytes = options.rule === "strict" ? 0 : options.maxWaitingBytes;
      if (waiting.length > 0 && waitingBytes + batch.bytes > maxWaitingBytes) {
        options.onLost(batch, tooSlow);
        return;
      }
      waiting.push(batch);
      waitingBytes += batch.bytes;
      void run();
    },
    settle(deadlineEpochMs) {
      if (waiting.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const limit = setTimeout(resolve, Math.max(0, deadlineEpochMs - Date.now()));
        settled.push(() => {
          clearTimeout(limit);
          resolve();
        });
        // Time is short: a batch that waits for its next attempt has it now.
        clearTimeout(timer);
        timer = undefined;
        void run();
      });
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      void run();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      options.sender.close();
      tellSettled();
    },
  };
}
