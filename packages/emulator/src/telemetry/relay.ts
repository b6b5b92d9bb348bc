import type { Timeline } from "../history/timeline.ts";
import type { DeliveryRule } from "../options/environment-options.ts";
import { createSender } from "./sender.ts";
import { createSubscriber } from "./subscriber.ts";
import type { Subscriber } from "./subscriber.ts";
import type { Subscription } from "./subscription.ts";
import type { TelemetryEvent } from "./telemetry-event.ts";

/** Carries the environment's events to the extensions that subscribed. */
export interface TelemetryRelay {
  /** An event of the platform. */
  emit(type: string, record: unknown): void;
  /** A line of the function or of an extension. */
  log(stream: "function" | "extension", line: string, requestId: string | undefined): void;
  /** Starts a subscription with every event since init began. It replaces an earlier one of the same extension. */
  subscribe(name: string, subscription: Subscription): void;
  /** Ends the time for subscriptions, and forgets the events that were kept for them. */
  closeSubscriptions(): void;
  /** Sends the gathered events. Resolves when they have arrived, when one attempt failed, or at the deadline. */
  flush(deadlineEpochMs: number): Promise<void>;
  pause(): void;
  resume(): void;
  /** Forgets every subscriber: their processes are gone. */
  reset(): void;
}

/** What the relay is made of. */
export interface RelayOptions {
  readonly rule: DeliveryRule;
  readonly logFormat: "Text" | "JSON";
  readonly timeline: Timeline;
  /** The wall clock inside. */
  epochMs(): number;
  /** The bodies of the requests that carry events to an extension. */
  bodies(extension: string, events: readonly string[]): readonly string[];
}

/** A relay without subscribers that keeps events for the first ones. */
export function createRelay(options: RelayOptions): TelemetryRelay {
  const { rule, logFormat, timeline } = options;
  let kept: TelemetryEvent[] | undefined = [];
  let subscribers: Subscriber[] = [];

  function send(event: TelemetryEvent): void {
    kept?.push(event);
    for (const subscriber of subscribers) subscriber.take(event);
  }

  function emit(type: string, record: unknown): void {
    send({ stream: "platform", epochMs: options.epochMs(), type, record });
  }

  function subscribe(name: string, subscription: Subscription): void {
    const earlier = subscribers.find((subscriber) => subscriber.name === name);
    earlier?.close();
    const subscriber = createSubscriber({
      name,
      subscription,
      logFormat,
      rule,
      sender: createSender(subscription.destination, (events) => options.bodies(name, events)),
      onAttempt(batch, startEpochMs, outcome) {
        const result = outcome.kind === "sent" ? "delivered" : outcome.reason;
        timeline.span(name, "telemetry", startEpochMs, {
          detail: `${batch.events.length} events, ${batch.bytes} bytes: ${result}`,
          fact: { kind: "telemetry", isDelivered: outcome.kind === "sent" },
        });
      },
      onLost: ({ events, bytes }, reason) =>
        emit("platform.logsDropped", { reason, droppedRecords: events.length, droppedBytes: bytes }),
    });
    subscribers = [...subscribers.filter((other) => other !== earlier), subscriber];
    for (const event of kept ?? []) subscriber.take(event);
    emit("platform.telemetrySubscription", { name, state: "Subscribed", types: subscription.types });
  }

  return {
    emit,
    log: (stream, line, requestId) => send({ stream, epochMs: options.epochMs(), line, requestId }),
    subscribe,
    closeSubscriptions() {
      kept = undefined;
    },
    async flush(deadlineEpochMs) {
      await Promise.all(subscribers.map((subscriber) => subscriber.flush(deadlineEpochMs)));
    },
    pause() {
      for (const subscriber of subscribers) subscriber.pause();
    },
    resume() {
      for (const subscriber of subscribers) subscriber.resume();
    },
    reset() {
      for (const subscriber of subscribers) subscriber.close();
      subscribers = [];
      kept = [];
    },
  };
}
