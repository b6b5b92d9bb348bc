import { createBatcher } from "./batcher.ts";
import type { Batch } from "./batcher.ts";
import { createDelivery } from "./delivery.ts";
import type { DeliveryOptions } from "./delivery.ts";
import type { Subscription } from "./subscription.ts";
import { encodeEvent } from "./telemetry-event.ts";
import type { TelemetryEvent } from "./telemetry-event.ts";

/** One extension's subscription at work. */
export interface Subscriber {
  readonly name: string;
  /** Takes an event; leaves it out if the extension did not ask for its stream. */
  take(event: TelemetryEvent): void;
  /** Sends what has been gathered; see `Delivery.settle`. */
  flush(deadlineEpochMs: number): Promise<void>;
  /** Stops timers and deliveries, as when the environment is frozen. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** What a subscriber is made of. */
export interface SubscriberOptions extends Omit<DeliveryOptions, "maxWaitingBytes"> {
  readonly name: string;
  readonly subscription: Subscription;
  readonly logFormat: "Text" | "JSON";
}

/** Waiting batches may hold this many times `maxBytes`. */
const waitingFactor = 16;

/** Batches by the subscription's limits and delivers by the rule. */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  const { name, logFormat } = options;
  const { buffering, types, schemaVersion } = options.subscription;
  const batcher = createBatcher(buffering);
  const delivery = createDelivery({ ...options, maxWaitingBytes: buffering.maxBytes * waitingFactor });
  let timer: NodeJS.Timeout | undefined;
  let isPaused = false;

  function offer(batch: Batch | undefined): void {
    clearTimeout(timer);
    timer = undefined;
    if (batch !== undefined) delivery.offer(batch);
  }

  function arm(): void {
    if (timer !== undefined || isPaused || batcher.dueEpochMs === undefined) return;
    timer = setTimeout(() => offer(batcher.take()), Math.max(0, batcher.dueEpochMs - Date.now()));
  }

  return {
    name,
    take(event) {
      if (!types.includes(event.stream)) return;
      const full = batcher.add(encodeEvent(event, { logFormat, schemaVersion }), Date.now());
      if (full !== undefined) offer(full);
      arm();
    },
    flush(deadlineEpochMs) {
      offer(batcher.take());
      return delivery.settle(deadlineEpochMs);
    },
    pause() {
      isPaused = true;
      clearTimeout(timer);
      timer = undefined;
      delivery.pause();
    },
    resume() {
      isPaused = false;
      delivery.resume();
      arm();
    },
    close() {
      clearTimeout(timer);
      delivery.close();
    },
  };
}
